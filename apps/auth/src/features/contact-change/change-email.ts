import { parse } from '@bank/domain';
import type { AppContext } from '#context.ts';
import { requireAcceptableAddress } from '#features/address/accept-address.ts';
import type { Caller } from '#features/caller.ts';
import { requestChange } from '#features/contact-change/request-change.ts';
import { ChangeEmailSchema } from '#features/contact-change/schemas.ts';

/**
 * Sends a code to an address that the caller wants to have, and to the present one a link by which it stays (SR-40). The owner
 * of a taken address hears that somebody tried. @throws request.invalid, auth.email.unacceptable, and what `requestChange` throws
 */
export async function changeEmail(ctx: AppContext, input: unknown, caller: Caller): Promise<{ expiresIn: number }> {
  const { email } = parse(ChangeEmailSchema, input);
  await requireAcceptableAddress(ctx, email);
  return await requestChange(ctx, { kind: 'email', value: email }, caller);
}
