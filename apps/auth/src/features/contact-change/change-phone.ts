import { withTransaction } from '@bank/database';
import { allow, DomainError, isBlocked, type PhoneNumber, parse, requireUser, type UserActor } from '@bank/domain';
import { smsOf } from '@bank/notifications';
import type { AppContext, AppTransaction } from '#context.ts';
import type { Caller } from '#features/caller.ts';
import { makeChangeCode, sealAddress } from '#features/contact-change/change-code.ts';
import { changeCounters, codeSeconds, coolDownLeft, pendingSeconds } from '#features/contact-change/policies.ts';
import { ChangePhoneSchema } from '#features/contact-change/schemas.ts';

const daySeconds = 86_400;

type Outcome = { kind: 'sent' } | { kind: 'blocked' } | { kind: 'too_soon' | 'too_often'; retryAfterSeconds: number };

/**
 * Sends a code to a number that the caller wants to be reached at, a first one or another. A number that somebody else has
 * gets it as well: who has which number this tells nobody. Asking again sends a new code in place of the older; the tries stay
 * counted (SR-24 to SR-26). @throws auth.token.missing, request.invalid, user.state.blocked, user.contact_change.too_soon,
 * request.rate_limited
 */
export async function changePhone(ctx: AppContext, input: unknown, caller: Caller): Promise<{ expiresIn: number }> {
  const user = requireUser(caller.actor);
  const who = allow.self(caller.actor, user.userId);
  const { phone } = parse(ChangePhoneSchema, input);
  // Counted here: a code goes to a number, whose limits at sending know nothing of who asked (SR-18).
  const points = ctx.config.SMS_PER_USER_PER_DAY;
  const counted = await ctx.rateLimits.consume(`phone-codes:${user.userId}`, { points, windowSeconds: daySeconds });
  const outcome = await withTransaction(ctx, { who, audits: ['user.contact_change.requested'] }, async (tx) => {
    const tooOften = { kind: 'too_often', retryAfterSeconds: counted.resetSeconds } as const;
    const decided = counted.allowed ? await requestChange(tx, user, phone) : tooOften;
    const isSent = decided.kind === 'sent';
    await tx.audit({
      action: 'user.contact_change.requested',
      subject: user.userId,
      outcome: isSent ? 'success' : 'denied',
      ...(isSent ? {} : { reason: decided.kind }),
      details: { kind: 'phone', sessionId: user.sessionId },
    });
    return decided;
  });
  if (outcome.kind === 'sent') return { expiresIn: codeSeconds };
  if (outcome.kind === 'blocked') throw new DomainError('user.state.blocked');
  const code = outcome.kind === 'too_soon' ? 'user.contact_change.too_soon' : 'request.rate_limited';
  throw new DomainError(code, { details: { retryAfterSeconds: outcome.retryAfterSeconds } });
}

async function requestChange(
  tx: AppTransaction,
  { userId, sessionId }: UserActor,
  phone: PhoneNumber,
): Promise<Outcome> {
  const user = await tx.users.find(userId);
  if (user === undefined || isBlocked(user.status, 'change')) return { kind: 'blocked' };
  const now = tx.clock.now();
  const retryAfterSeconds = coolDownLeft(user.phoneVerifiedAt, now);
  if (retryAfterSeconds > 0) return { kind: 'too_soon', retryAfterSeconds };
  const bound = { userId, kind: 'phone', sessionId, id: tx.ids.next() } as const;
  const { code, codeHash, codeExpiresAt } = makeChangeCode(tx, bound);
  const address = await sealAddress(tx, bound, phone);
  const expiresAt = new Date(now.getTime() + pendingSeconds * 1000);
  const change = { ...bound, address, codeHash, codeExpiresAt, expiresAt };
  if (!(await tx.contactChanges.replace(change, { ...changeCounters, now }))) {
    return { kind: 'too_often', retryAfterSeconds: pendingSeconds };
  }
  const locale = user.locale === null ? {} : { locale: user.locale };
  const message = smsOf('phone-code', { code, minutes: codeSeconds / 60 });
  await tx.deliver({ to: { phone }, expiresAt: codeExpiresAt, ...locale, ...message });
  return { kind: 'sent' };
}
