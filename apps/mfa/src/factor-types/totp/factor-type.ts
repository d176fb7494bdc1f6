import { findDistantStep, stepsAhead, verifyTotp } from '@bank/security';
import type { AppTransaction } from '#context.ts';
import { CodeResponse } from '#factor-types/code.ts';
import { defineFactorType, type Given, type Judgement } from '#factor-types/factor-type.ts';

/** Authenticator apps (RFC 6238). There is nothing to begin: the app shows a code at any time. */
export const factorType = defineFactorType('totp', {
  methods: ['otp'],
  raises: true,
  staffWorth: 1,
  purposes: ['sign_in', 'step_up'],
  response: CodeResponse,
  confirmation: CodeResponse,
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
): Promise<Judgement> {
  const factor = await tx.totpFactors.find(userId, factorId);
  if (factor === undefined) return false;
  const { secret, lastStep } = factor;
  const step = await verifyTotp({ secret, code, at: now, lastStep: lastStep ?? undefined });
  if (step === undefined) return await judgeRefused(tx, { factorId, secret, code, now });
  return await tx.totpFactors.noteStep(userId, factorId, step);
}

/**
 * Whether a code that is not right now is one of an app whose clock is off. That is told after the second such code in a row:
 * to say so of the first would tell whoever guesses that they have hit one (SR-22).
 */
async function judgeRefused(
  tx: AppTransaction,
  { factorId, now, ...code }: { factorId: string; secret: Uint8Array; code: string; now: Date },
): Promise<Judgement> {
  const step = await findDistantStep({ ...code, at: now });
  if (step === undefined) return false;
  return (await tx.totpFactors.noteOffCode(factorId, { step, by: stepsAhead(step, now) })) ? 'clock_off' : false;
}
