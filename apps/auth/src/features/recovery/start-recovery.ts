import { readerOf, withTransaction } from '@bank/database';
import { allow, parse } from '@bank/domain';
import { messageOf } from '@bank/notifications';
import { mintToken } from '@bank/security';
import type { AppContext, AppTransaction } from '#context.ts';
import { hashAddress, indexAddress } from '#features/address/index-address.ts';
import type { Caller } from '#features/caller.ts';
import { countRequest } from '#features/password/count-request.ts';
import { linkSeconds, refusalOf } from '#features/recovery/policies.ts';
import { StartRecoverySchema } from '#features/recovery/schemas.ts';
import { subjectOfAttempt } from '#features/sign-in/lockout-policies.ts';
import { pageLink } from '#features/user/page-link.ts';
import type { User } from '#storage/users/user.repository.ts';

/** `rc_<id>.<secret>`: the first proof of one recovery. */
export const recoveryTokenPrefix = 'rc';

const action = 'auth.recovery.requested';

/**
 * Sends whom the identifier names the first proof of a recovery, for whoever has lost every factor: a link. The answer and its
 * time are the same whether it names anybody (SR-15); asking changes nothing, least of all a recovery that is under way
 * (SR-38), and few links go out in an hour. @throws request.invalid
 */
export async function startRecovery(ctx: AppContext, input: unknown, caller: Caller): Promise<void> {
  const who = allow.anyone(caller.actor);
  const { identifier } = parse(StartRecoverySchema, input);
  const subjectHash = hashAddress(ctx, identifier);
  const ownerId = await readerOf(ctx).identifiers.ownerOf(identifier.kind, indexAddress(ctx, identifier));
  const { allowed, isTold } = await countRequest(ctx, 'recovery', { ownerId, subjectHash });
  if (!isTold) {
    const unaudited = 'one request a minute beyond the limit is told of';
    return await withTransaction(ctx, { who, unaudited }, sendNoLink);
  }
  await withTransaction(ctx, { who, audits: [action] }, async (tx) => {
    const user = ownerId && (await tx.users.find(ownerId));
    const subject = subjectOfAttempt({ userId: user?.id, subjectHash });
    const refusal = refusalOf(user) ?? (allowed ? undefined : 'limit');
    if (refusal !== undefined || user === undefined) {
      await sendNoLink(tx);
      await tx.audit({ action, subject, outcome: 'denied', reason: refusal ?? 'nobody' });
      return;
    }
    await sendLink(tx, user);
    await tx.audit({ action, subject, outcome: 'success' });
  });
}

async function sendLink(tx: AppTransaction, user: User): Promise<void> {
  const { token, expiresAt } = await ask(tx, user.id);
  const url = pageLink(tx, user, { path: '/recovery', token });
  const message = messageOf('account-recovery', { url, minutes: linkSeconds / 60 });
  await tx.deliver({ to: { userId: user.id }, channel: 'email', expiresAt, ...message });
}

/** The same work where there is nobody to write to. */
async function sendNoLink(tx: AppTransaction): Promise<void> {
  await ask(tx, tx.ids.next());
}

/** A new link takes the place of the older one (SR-36). */
async function ask(tx: AppTransaction, userId: string) {
  const id = tx.ids.next();
  const { token, digest } = mintToken(recoveryTokenPrefix, id);
  const expiresAt = new Date(tx.clock.now().getTime() + linkSeconds * 1000);
  await tx.recoveries.ask({ id, userId, digest, expiresAt });
  return { token, expiresAt };
}
