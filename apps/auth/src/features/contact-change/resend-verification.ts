import { withTransaction } from '@bank/database';
import { allow, DomainError, isBlocked, mayActOn, PhoneNumberSchema, parse, requireUser } from '@bank/domain';
import { smsOf } from '@bank/notifications';
import * as v from 'valibot';
import type { AppContext, AppTransaction } from '#context.ts';
import type { Caller } from '#features/caller.ts';
import { makeChangeCode, openAddress } from '#features/contact-change/change-code.ts';
import { changeCounters, codeSeconds, pendingSeconds } from '#features/contact-change/policies.ts';
import { ResendVerificationSchema } from '#features/contact-change/schemas.ts';
import type { ContactChange } from '#storage/users/contact-change.repository.ts';
import type { User } from '#storage/users/user.repository.ts';

/**
 * Sends the code of a user's pending change again, for staff on the telephone with him: a new code in place of the older, for
 * the same number and session; tries and messages stay counted. Staff see neither code nor number.
 * @throws access.forbidden, auth.step_up.required, request.invalid, user.not_found, user.state.blocked,
 * user.contact_change.none_pending, request.rate_limited
 */
export async function resendVerification(
  ctx: AppContext,
  input: unknown,
  caller: Pick<Caller, 'actor'>,
): Promise<void> {
  const who = allow.permission(caller.actor, 'users.reset_password');
  const staff = requireUser(caller.actor);
  const { userId, noteId } = parse(ResendVerificationSchema, input);
  const outcome = await withTransaction(ctx, { who, audits: ['user.contact_change.resent'] }, async (tx) => {
    const user = await tx.users.find(userId);
    if (user === undefined || isBlocked(user.status, 'lookup')) return 'user.not_found' as const;
    const refusal = mayActOn(staff, { userId, roles: user.roles }) ? await resend(tx, user) : 'access.forbidden';
    await tx.audit({
      action: 'user.contact_change.resent',
      subject: userId,
      outcome: refusal === undefined ? 'success' : 'denied',
      ...(refusal === undefined ? {} : { reason: refusal }),
      details: { noteId },
    });
    return refusal;
  });
  if (outcome === undefined) return;
  const details = outcome === 'request.rate_limited' ? { retryAfterSeconds: pendingSeconds } : {};
  throw new DomainError(outcome, { details });
}

type Refusal = 'user.state.blocked' | 'user.contact_change.none_pending' | 'request.rate_limited';

async function resend(tx: AppTransaction, { id: userId, locale, status }: User): Promise<Refusal | undefined> {
  if (isBlocked(status, 'change')) return 'user.state.blocked';
  const now = tx.clock.now();
  const pending = await tx.contactChanges.lockPending(userId, now);
  if (pending === undefined) return 'user.contact_change.none_pending';
  const renewed: ContactChange = { ...pending, id: tx.ids.next() };
  const { code, codeHash, codeExpiresAt } = makeChangeCode(tx, renewed);
  const change = { ...renewed, codeHash, codeExpiresAt };
  if (!(await tx.contactChanges.replace(change, { ...changeCounters, now }))) return 'request.rate_limited';
  const phone = v.parse(PhoneNumberSchema, await openAddress(tx, pending));
  const message = smsOf('phone-code', { code, minutes: codeSeconds / 60 });
  await tx.deliver({
    to: { phone },
    expiresAt: codeExpiresAt,
    ...(locale === null ? {} : { locale }),
    ...message,
  });
  return undefined;
}
