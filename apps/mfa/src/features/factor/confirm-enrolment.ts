import { notify } from '@bank/composition';
import { withTransaction } from '@bank/database';
import { type Actor, allow, DomainError, parse, requireUser, type UserId } from '@bank/domain';
import { messageOf } from '@bank/notifications';
import type { AppContext, AppTransaction } from '#context.ts';
import { factorEnrolled } from '#events.ts';
import { type FactorType, type Given, isRight } from '#factor-types/factor-type.ts';
import { afterSuccess, blockedUntil, poolOf } from '#features/challenge/policies.ts';
import { recordFailure } from '#features/challenge/record-failure.ts';
import { isStaff } from '#features/factor/is-staff.ts';
import {
  confirmationsMax,
  isEnough,
  isGuessedWhileEnrolled,
  requireHighestLevel,
  requireProofOfStaff,
} from '#features/factor/policies.ts';
import { tooSoon } from '#features/factor/refusals.ts';
import { FactorParams } from '#features/factor/schemas.ts';
import type { ConfirmedFactor } from '#storage/factor.entity.ts';
import type { Subject } from '#storage/subject.entity.ts';

/**
 * Confirms a factor of that kind with its first answer, in the session that began to enrol it. From now on it is asked for.
 * @throws auth.token.missing, request.invalid, auth.step_up.required, access.forbidden, factor.not_found (also when it took too long or
 * too many tries), request.rate_limited, factor.limit_reached, factor.clock_off, service.unavailable, or that the answer is wrong in the words of its kind
 */
export async function confirmEnrolment(
  ctx: AppContext,
  actor: Actor,
  type: FactorType,
  input: { params: unknown; body: unknown },
): Promise<ConfirmedFactor> {
  const user = requireUser(actor);
  const { userId, sessionId, audience } = user;
  const { id } = parse(FactorParams, input.params);
  const response = parse(type.confirmation, input.body);
  const now = ctx.clock.now();
  const standing = { user, isStaff: await isStaff(ctx, userId) };
  const access = { who: allow.self(actor, userId), audits: ['mfa.factor.enrolled', 'mfa.challenge.failed'] } as const;
  const confirmed = await withTransaction(ctx, access, async (tx) => {
    const subject = await tx.subjects.lock(userId);
    if (subject === undefined) throw new DomainError('factor.not_found');
    const others = await tx.factors.listKinds(userId);
    // What is still to be confirmed was begun since the last reset, which takes away the rest.
    requireHighestLevel(user, { factorsResetAt: null }, others);
    requireProofOfStaff(standing, others, type.name);
    if (isEnough(others, type.name)) throw new DomainError('factor.limit_reached');
    const until = isGuessedWhileEnrolled(type.name) ? blockedUntil(subject.answers[pool], now) : undefined;
    if (until !== undefined) return await deny(tx, type, { userId, factorId: id, until });
    const attempt = { type: type.name, sessionId, attemptsMax: confirmationsMax, now };
    if (!(await tx.factors.claimConfirmation(userId, id, attempt))) {
      throw new DomainError('factor.not_found', { reason: 'unknown, expired or exhausted' });
    }
    const given = { userId, factorId: id, challengeId: undefined, audience, now };
    const judgement = await type.confirm(tx, given, response);
    return isRight(judgement)
      ? await confirm(tx, type, given, subject)
      : await refuse(tx, type, given, subject, judgement);
  });
  if (confirmed instanceof Date) throw tooSoon('too many wrong answers', confirmed, now);
  if (confirmed === 'clock_off') throw new DomainError('factor.clock_off');
  if (confirmed === undefined || confirmed === false) throw new DomainError(type.refusal);
  return confirmed;
}

/** Where wrong codes are counted beside those of challenges. */
const pool = poolOf('enrolment');

type Confirmed = Given & { readonly factorId: string };

async function confirm(
  tx: AppTransaction,
  { name: type, notice }: FactorType,
  { userId, factorId, now }: Confirmed,
  { answers }: Subject,
) {
  if (!(await tx.factors.confirm(userId, factorId, now))) throw new DomainError('factor.not_found');
  if (isGuessedWhileEnrolled(type) && answers[pool].failures > 0)
    await tx.subjects.noteAnswers(userId, pool, afterSuccess);
  const details = { factorId, type };
  await tx.emit(factorEnrolled({ userId, factorId, type, at: now }));
  await tx.audit({ action: 'mfa.factor.enrolled', subject: userId, outcome: 'success', details });
  await notify(tx, userId, messageOf(notice, { at: now }));
  return await tx.factors.findConfirmed(userId, factorId);
}

async function refuse<J>(
  tx: AppTransaction,
  { name: type }: FactorType,
  { userId, factorId, now }: Confirmed,
  { answers }: Subject,
  judgement: J,
) {
  const details = { factorId, type };
  await tx.audit({ action: 'mfa.factor.enrolled', subject: userId, outcome: 'failure', details });
  if (isGuessedWhileEnrolled(type)) {
    await recordFailure(tx, { answer: { userId, purpose: 'enrolment' }, factorId, record: answers[pool], now });
  }
  return judgement;
}

/** No code of the user is taken until then. */
async function deny(
  tx: AppTransaction,
  { name: type }: FactorType,
  { userId, factorId, until }: { userId: UserId; factorId: string; until: Date },
) {
  const details = { factorId, type };
  await tx.audit({ action: 'mfa.factor.enrolled', subject: userId, outcome: 'denied', reason: 'blocked', details });
  return until;
}
