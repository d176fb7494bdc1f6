import { withTransaction } from '@bank/database';
import { type Actor, allow, DomainError, parse } from '@bank/domain';
import type { AppContext, AppTransaction } from '#context.ts';
import { isRight, type Proof, type Worth } from '#factor-types/factor-type.ts';
import { findProver } from '#features/challenge/find-prover.ts';
import { afterSuccess, blockedUntil, poolOf } from '#features/challenge/policies.ts';
import { recordFailure } from '#features/challenge/record-failure.ts';
import { tooManyTries } from '#features/challenge/refusals.ts';
import { Answer } from '#features/challenge/schemas.ts';

/** What an answer was given with, and what that is worth where it says so. */
export interface Accepted {
  readonly by: Proof;
  readonly worth: Worth | undefined;
}

type Outcome =
  | ({ kind: 'accepted' } & Accepted)
  | { kind: 'wrong' }
  | { kind: 'clock_off' }
  | { kind: 'blocked'; until: Date };

/**
 * Judges an answer. The answers of one user are judged one after the other; each that could be a guess is counted with its outcome
 * and refused while its pool is blocked, and an accepted one is used up (SR-14, SR-21, SR-25, SR-27).
 * @throws access.forbidden, request.invalid, challenge.not_found, auth.second_factor.invalid, auth.second_factor.clock_off,
 * auth.second_factor.locked
 */
export async function verifyChallenge(ctx: AppContext, actor: Actor, input: unknown): Promise<Accepted> {
  const who = allow.service(actor, ['auth']);
  const answer = parse(Answer, input);
  const now = ctx.clock.now();
  const audits = [
    'mfa.challenge.passed',
    'mfa.challenge.failed',
    'mfa.recovery_code.used',
    'mfa.passkey.clone_suspected',
  ] as const;
  const outcome = await withTransaction(ctx, { who, audits }, (tx) => judge(tx, answer, now));
  if (outcome.kind === 'blocked') throw tooManyTries(outcome.until, now);
  if (outcome.kind === 'clock_off') throw new DomainError('auth.second_factor.clock_off');
  if (outcome.kind === 'wrong') throw new DomainError('auth.second_factor.invalid', { reason: outcome.kind });
  return { by: outcome.by, worth: outcome.worth };
}

async function judge(tx: AppTransaction, answer: Answer, now: Date): Promise<Outcome> {
  const { userId, purpose } = answer;
  // Side by side, in one round trip: the try is counted once the user is held.
  const [subject, { prover, given }] = await Promise.all([tx.subjects.lock(userId), findProver(tx, answer, now)]);
  if (subject === undefined) throw new DomainError('challenge.not_found', { reason: 'no such user' });
  const record = subject.answers[poolOf(purpose)];
  const counts = !prover.isUnguessable;
  const until = counts ? blockedUntil(record, now) : undefined;
  if (until !== undefined) {
    const details = { purpose };
    await tx.audit({ action: 'mfa.challenge.failed', subject: userId, outcome: 'denied', reason: 'blocked', details });
    return { kind: 'blocked', until };
  }
  const { factorId, challengeId } = given;
  const judgement = await prover.check(tx, given, answer.response);
  const isPassed = isRight(judgement) && (challengeId === undefined || (await tx.challenges.pass(challengeId, now)));
  if (!isPassed) {
    await recordFailure(tx, { answer, factorId, record: counts ? record : undefined, now });
    return { kind: judgement === 'clock_off' ? judgement : 'wrong' };
  }
  // A passkey or a recovery code proves the owner, and not that the wrong codes were theirs: somebody else who guesses would begin anew each
  // time the owner signs in. The owner needs no block lifted for these: they are taken all the while.
  if (counts && record.failures > 0) await tx.subjects.noteAnswers(userId, poolOf(purpose), afterSuccess);
  const details = { purpose, by: prover.name, ...(factorId !== undefined && { factorId }) };
  await tx.audit({ action: 'mfa.challenge.passed', subject: userId, outcome: 'success', details });
  return { kind: 'accepted', by: prover.name, worth: typeof judgement === 'object' ? judgement : undefined };
}
