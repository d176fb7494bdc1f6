import { withTransaction } from '@bank/database';
import { type Actor, allow, DomainError, parse } from '@bank/domain';
import type { AppContext } from '#context.ts';
import type { AssertionOptions } from '#factor-types/factor-type.ts';
import { factorTypeOf, unguessable } from '#factor-types/registry.ts';
import { blockedUntil, poolOf, triesMax } from '#features/challenge/policies.ts';
import { tooManyTries } from '#features/challenge/refusals.ts';
import { ChallengeStart } from '#features/challenge/schemas.ts';
import { askable } from '#features/factor/policies.ts';
import type { FactorTypeName } from '#storage/factor.entity.ts';

export interface StartedChallenge {
  readonly challengeId: string;
  readonly type: FactorTypeName;
  readonly expiresAt: Date;
  /** What a browser needs to have a passkey used; for that alone. */
  readonly options: AssertionOptions | undefined;
}

/**
 * Asks a user for one of their factors, for one sign-in or session, and sends what it takes to answer. It replaces what that
 * was asked before, and the tries stay counted (SR-24 to SR-26). What nobody guesses is asked
 * for whatever was counted (SR-14).
 * @throws access.forbidden, request.invalid, factor.not_found, auth.second_factor.locked, request.rate_limited
 */
export async function startChallenge(ctx: AppContext, actor: Actor, input: unknown): Promise<StartedChallenge> {
  const who = allow.service(actor, ['auth']);
  const { userId, factorId, purpose, bindingId, transaction } = parse(ChallengeStart, input);
  const id = ctx.ids.next();
  const now = ctx.clock.now();
  const unaudited = 'a question: the ledger gets the answer';
  return withTransaction(ctx, { who, unaudited }, async (tx) => {
    // Side by side, in one round trip: the factors are those that there are once the user is held.
    const [subject, factors] = await Promise.all([tx.subjects.lock(userId), tx.factors.listConfirmed(userId)]);
    const asked = askable(factors, purpose).find((factor) => factor.id === factorId);
    const type = asked && factorTypeOf(asked.type);
    if (subject === undefined || type === undefined) throw new DomainError('factor.not_found');
    const blocked = type.isUnguessable ? undefined : blockedUntil(subject.answers[poolOf(purpose)], now);
    if (blocked !== undefined) throw tooManyTries(blocked, now);
    const expiresAt = new Date(now.getTime() + type.challengeSeconds * 1000);
    const challenge = { id, userId, factorId, purpose, bindingId, createdAt: now, expiresAt };
    const tries = { attemptsMax: triesMax, uncounted: unguessable };
    const usedUpUntil = await tx.challenges.start(challenge, type.name, tries);
    if (usedUpUntil !== undefined) throw tooManyTries(usedUpUntil, now);
    const beginning = { userId, factorId, challengeId: id, purpose, transaction, now, expiresAt };
    const options = await type.begin(tx, beginning);
    return { challengeId: id, type: type.name, expiresAt, options };
  });
}
