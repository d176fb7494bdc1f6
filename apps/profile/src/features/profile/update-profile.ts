import { withTransaction } from '@bank/database';
import { type Actor, allow, DomainError, parse, requireUser } from '@bank/domain';
import type { AppContext } from '#context.ts';
import { profileUpdated } from '#events.ts';
import { applyPatch, checkDateOfBirth } from '#features/profile/policies.ts';
import { ProfilePatch } from '#features/profile/schemas.ts';
import type { Profile } from '#storage/profile.entity.ts';

/**
 * Applies a merge patch to the signed-in user's own profile if it still has the version the user saw.
 * A patch that changes nothing leaves the version as it is and tells nobody.
 * @throws auth.token.missing, request.invalid, profile.not_found, profile.unreadable, request.precondition_failed
 */
export async function updateProfile(
  ctx: AppContext,
  actor: Actor,
  input: { version: number; patch: unknown },
): Promise<Profile> {
  const { userId } = requireUser(actor);
  const patch = parse(ProfilePatch, input.patch);
  const now = ctx.clock.now();
  if (patch.dateOfBirth !== undefined) checkDateOfBirth(patch.dateOfBirth, now);

  return withTransaction(ctx, { who: allow.self(actor, userId), audits: ['profile.updated'] }, async (tx) => {
    const profile = await tx.profiles.find(userId);
    if (profile === undefined) throw new DomainError('profile.not_found');
    if (profile.version !== input.version) throw new DomainError('request.precondition_failed');

    const { changedFields, identity, particulars } = applyPatch(profile, patch);
    if (changedFields.length === 0) return profile;
    const version = await tx.profiles.replace(userId, profile.version, { identity, particulars }, now);
    if (version === undefined) throw new DomainError('request.precondition_failed');
    await tx.emit(profileUpdated({ userId, version, changedFields, at: now }));
    await tx.audit({
      action: 'profile.updated',
      subject: userId,
      outcome: 'success',
      details: { version, fields: changedFields.join(' ') },
    });
    return { ...profile, ...identity, ...particulars, version, updatedAt: now };
  });
}
