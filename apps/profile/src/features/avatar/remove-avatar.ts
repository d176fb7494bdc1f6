import { withTransaction } from '@bank/database';
import { type Actor, allow, DomainError, requireUser } from '@bank/domain';
import type { AppContext } from '#context.ts';
import { noteAvatar } from '#features/avatar/note-avatar.ts';

/**
 * Takes the signed-in user's picture away; without one it changes nothing. Gives the version that the profile has then.
 * @throws auth.token.missing, profile.not_found
 */
export async function removeAvatar(ctx: AppContext, actor: Actor): Promise<{ readonly version: number }> {
  const { userId } = requireUser(actor);
  return withTransaction(ctx, { who: allow.self(actor, userId), audits: ['file.removed'] }, async (tx) => {
    const before = await tx.profiles.lock(userId);
    if (before === undefined) throw new DomainError('profile.not_found');
    const removed = await tx.files.removeAll(userId, 'avatar', tx.clock.now());
    if (removed.length === 0) return { version: before.version };
    const version = await noteAvatar(tx, userId);
    for (const fileId of removed) {
      const details = { fileId, purpose: 'avatar' };
      await tx.audit({ action: 'file.removed', subject: userId, outcome: 'success', details });
    }
    return { version };
  });
}
