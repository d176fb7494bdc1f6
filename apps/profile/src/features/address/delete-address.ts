import { withTransaction } from '@bank/database';
import { type Actor, allow, DomainError, parse, requireUser } from '@bank/domain';
import type { AppContext } from '#context.ts';
import { AddressParams } from '#features/address/schemas.ts';
import { changeOf } from '#features/profile/policies.ts';
import { findVersion, writeChange } from '#features/profile/write-change.ts';
import type { Profile } from '#storage/profile.entity.ts';

/**
 * Removes one of the signed-in user's own addresses, if the profile still has the version the user saw.
 * @throws auth.token.missing, request.invalid, profile.not_found, profile.unreadable, profile.address.not_found,
 * request.precondition_failed
 */
export async function deleteAddress(
  ctx: AppContext,
  actor: Actor,
  input: { params: unknown; version: number },
): Promise<Profile> {
  const { userId } = requireUser(actor);
  const { type } = parse(AddressParams, input.params);

  return withTransaction(ctx, { who: allow.self(actor, userId), audits: ['profile.updated'] }, async (tx) => {
    const profile = await findVersion(tx, userId, input.version);
    if (profile.addresses[type] === null) throw new DomainError('profile.address.not_found');
    const change = changeOf(profile, { addresses: { ...profile.addresses, [type]: null } });
    return await writeChange(tx, profile, change, { address: type });
  });
}
