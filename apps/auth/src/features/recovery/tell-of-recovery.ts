import { messageOf, smsOf } from '@bank/notifications';
import { mintToken } from '@bank/security';
import type { AppTransaction } from '#context.ts';
import { reviewDays } from '#features/recovery/policies.ts';
import { pageLink } from '#features/user/page-link.ts';
import type { ProvenRecovery } from '#storage/recoveries/recovery.repository.ts';
import type { User } from '#storage/users/user.repository.ts';

/** `rx_<id>.<secret>`: ends one recovery, whoever began it. */
export const cancelTokenPrefix = 'rx';

/** How long the notice of what will be done is worth sending: as long as it can be stopped, and at least an hour. */
const hourMs = 3_600_000;

/** Tells a user of a recovery that goes on, by mail, with a link that ends it, and by text message (SR-20, SR-43). */
export async function tellOfRecovery(tx: AppTransaction, user: User, recovery: ProvenRecovery): Promise<void> {
  const { id, dueAt } = recovery;
  const { id: userId, phoneVerifiedAt } = user;
  const at = tx.clock.now();
  const { token, digest } = mintToken(cancelTokenPrefix, id);
  await tx.recoveries.addCancelLink(id, digest);
  const url = pageLink(tx, user, { path: '/recovery/cancel', token });
  const message =
    dueAt === null
      ? messageOf('recovery-in-review', { at, url })
      : messageOf('recovery-waiting', { at, until: dueAt, url });
  const lastsMs = dueAt === null ? reviewDays * 24 * hourMs : Math.max(dueAt.getTime() - at.getTime(), hourMs);
  const expiresAt = new Date(at.getTime() + lastsMs);
  await tx.deliver({ to: { userId }, channel: 'email', expiresAt, ...message });
  const text = smsOf(dueAt === null ? 'recovery-in-review' : 'recovery-waiting', {});
  if (phoneVerifiedAt !== null) await tx.deliver({ to: { userId }, expiresAt, ...text });
}
