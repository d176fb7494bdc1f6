import { withTransaction } from '@bank/database';
import { type Actor, allow, parse, requireUser } from '@bank/domain';
import type { AppContext } from '#context.ts';
import { type OwnProfile, withAvatar } from '#features/profile/own-profile.ts';
import { applyPatch, checkDateOfBirth, refuseLocked } from '#features/profile/policies.ts';
import { ProfilePatch } from '#features/profile/schemas.ts';
import { findVersion, writeChange } from '#features/profile/write-change.ts';

/**
 * Applies a merge patch to the signed-in user's own profile if it still has the version the user saw.
 * A patch that changes nothing leaves the version as it is and tells nobody.
 * @throws auth.token.missing, request.invalid, profile.not_found, profile.unreadable, profile.field.locked,
 * request.precondition_failed
 */
export async function updateProfile(
  ctx: AppContext,
  actor: Actor,
  input: { version: number; patch: unknown },
): Promise<OwnProfile> {
  const { userId } = requireUser(actor);
  const patch = parse(ProfilePatch, input.patch);
  if (patch.dateOfBirth !== undefined)
    checkDateOfBirth(patch.dateOfBirth, ctx.clock.now(), ctx.config.CUSTOMER_AGE_MIN_YEARS);

  return withTransaction(ctx, { who: allow.self(actor, userId), audits: ['profile.updated'] }, async (tx) => {
    const profile = await findVersion(tx, userId, input.version);
    const change = applyPatch(profile, patch);
    refuseLocked(profile, change.changedFields);
    return await withAvatar(tx, await writeChange(tx, profile, change));
  });
}
