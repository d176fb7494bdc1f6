import { DomainError } from '@bank/domain';
import { verifyTotp } from '@bank/security';
import type { AppTransaction } from '#context.ts';
import type { GivenAnswer } from '#features/challenge/given-answer.ts';
import { triesMax } from '#features/challenge/policies.ts';
import type { Answer } from '#features/challenge/schemas.ts';

/**
 * Compares a code with the factor its challenge asks for. The step of a right code is remembered by a conditional update:
 * that code and all earlier ones are spent (RFC 6238 §5.2). @throws challenge.not_found
 */
export async function answerWithCode(
  tx: AppTransaction,
  answer: Extract<Answer, { code: string }>,
  now: Date,
): Promise<GivenAnswer> {
  const { userId, challengeId, code } = answer;
  const factorId = await tx.challenges.claimTry(challengeId, answer, { attemptsMax: triesMax, now });
  const factor = factorId === undefined ? undefined : await tx.factors.findTotp(userId, factorId);
  if (factor === undefined) throw new DomainError('challenge.not_found', { reason: 'unknown, closed or exhausted' });
  const { id, secret, lastStep } = factor;
  const step = await verifyTotp({ secret, code, at: now, lastStep: lastStep ?? undefined });
  const isRight = step !== undefined && (await tx.factors.noteStep(userId, id, { step, at: now }));
  if (isRight) await tx.challenges.close(challengeId, now);
  return { isRight, by: 'totp', factorId: id };
}
