import { parse } from '@bank/domain';
import type { AppContext } from '#context.ts';
import type { Caller } from '#features/caller.ts';
import { confirmChange } from '#features/contact-change/confirm-change.ts';
import { VerifyContactSchema } from '#features/contact-change/schemas.ts';

/** Proves an address by its code; links for another password die with the one before (SR-36). @throws request.invalid, and what `confirmChange` throws */
export async function verifyEmail(
  ctx: AppContext,
  input: unknown,
  caller: Caller,
): Promise<{ email: string; emailVerified: true }> {
  const { code } = parse(VerifyContactSchema, input);
  return { email: await confirmChange(ctx, { kind: 'email', code }, caller), emailVerified: true };
}
