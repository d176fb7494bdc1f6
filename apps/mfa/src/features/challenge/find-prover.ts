import { DomainError } from '@bank/domain';
import type { AppTransaction } from '#context.ts';
import type { Given, Prover } from '#factor-types/factor-type.ts';
import { recoveryCode } from '#factor-types/recovery-code/recovery-code.ts';
import { factorTypeOf, unguessable } from '#factor-types/registry.ts';
import { triesMax } from '#features/challenge/policies.ts';
import type { Answer } from '#features/challenge/schemas.ts';

/**
 * Who judges an answer, and about what: the kind of the factor that its challenge asks for, of which a try is counted here
 * if it could be a guess, or the recovery codes. @throws challenge.not_found
 */
export async function findProver(
  tx: AppTransaction,
  answer: Answer,
  now: Date,
): Promise<{ prover: Prover; given: Given }> {
  const { userId, audience } = answer;
  if (!('challengeId' in answer)) {
    return { prover: recoveryCode, given: { userId, factorId: undefined, challengeId: undefined, audience, now } };
  }
  const { challengeId } = answer;
  const asked = await tx.challenges.claimTry(challengeId, answer, {
    attemptsMax: triesMax,
    uncounted: unguessable,
    now,
  });
  const prover = asked && factorTypeOf(asked.type);
  if (asked === undefined || prover === undefined) {
    throw new DomainError('challenge.not_found', { reason: 'unknown, closed or exhausted' });
  }
  return { prover, given: { userId, factorId: asked.factorId, challengeId, audience, now } };
}
