import { parse } from '@bank/domain';
import type { AppContext } from '#context.ts';
import type { Caller } from '#features/caller.ts';
import { requestChange } from '#features/contact-change/request-change.ts';
import { ChangePhoneSchema } from '#features/contact-change/schemas.ts';

/**
 * Sends a code to a number that the caller wants to be reached at, a first one or another.
 * @throws request.invalid, and what `requestChange` throws
 */
export async function changePhone(ctx: AppContext, input: unknown, caller: Caller): Promise<{ expiresIn: number }> {
  const { phone } = parse(ChangePhoneSchema, input);
  return await requestChange(ctx, { kind: 'phone', value: phone }, caller);
}
