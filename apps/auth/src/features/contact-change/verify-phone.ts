import { parse } from '@bank/domain';
import type { AppContext } from '#context.ts';
import type { Caller } from '#features/caller.ts';
import { confirmChange } from '#features/contact-change/confirm-change.ts';
import { VerifyContactSchema } from '#features/contact-change/schemas.ts';

/** Proves a number by its code. @throws request.invalid, and what `confirmChange` throws */
export async function verifyPhone(
  ctx: AppContext,
  input: unknown,
  caller: Caller,
): Promise<{ phone: string; phoneVerified: true }> {
  const { code } = parse(VerifyContactSchema, input);
  return { phone: await confirmChange(ctx, { kind: 'phone', code }, caller), phoneVerified: true };
}
