import { verifyTotp } from '@bank/security';
import type { AppTransaction } from '#context.ts';
import { CodeResponse } from '#features/factor-types/code.ts';
import { defineFactorType, type Given } from '#features/factor-types/factor-type.ts';

/** Authenticator apps (RFC 6238). There is nothing to begin: the app shows a code at any time. */
export const totp = defineFactorType('totp', {
  assurance: 'aal2',
  purposes: ['sign_in', 'step_up'],
  response: CodeResponse,
  check: spendCode,
  confirm: spendCode,
});

/**
 * Compares a code with the app's secret. The step of a right one is remembered by a conditional update: that code and all
 * earlier ones are spent (RFC 6238 §5.2, SR-21).
 */
async function spendCode(
  tx: AppTransaction,
  { userId, factorId, now }: Given & { readonly factorId: string },
  { code }: CodeResponse,
): Promise<boolean> {
  const factor = await tx.totpFactors.find(userId, factorId);
  if (factor === undefined) return false;
  const { secret, lastStep } = factor;
  const step = await verifyTotp({ secret, code, at: now, lastStep: lastStep ?? undefined });
  return step !== undefined && (await tx.totpFactors.noteStep(userId, factorId, step));
}
