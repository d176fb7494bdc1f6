import { readerOf } from '@bank/database';
import { allow, parse } from '@bank/domain';
import type { AppContext } from '#context.ts';
import { hashAddress, indexAddress } from '#features/address/index-address.ts';
import type { Caller } from '#features/caller.ts';
import { requestReset } from '#features/password/request-reset.ts';
import { ForgotPasswordSchema } from '#features/password/schemas.ts';

/**
 * Sends a link for choosing another password to whom the identifier names, whichever of the user's addresses that is. The
 * answer and its time are the same whether it names anybody (SR-15). @throws request.invalid
 */
export async function forgotPassword(ctx: AppContext, input: unknown, caller: Caller): Promise<void> {
  const who = allow.anyone(caller.actor);
  const { identifier } = parse(ForgotPasswordSchema, input);
  const subjectHash = hashAddress(ctx, identifier);
  const ownerId = await readerOf(ctx).identifiers.ownerOf(identifier.kind, indexAddress(ctx, identifier));
  await requestReset(ctx, who, { ownerId, subjectHash });
}
