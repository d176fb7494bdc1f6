import { withTransaction } from '@bank/database';
import { type Actor, allow, parse, requireUser } from '@bank/domain';
import type { AppContext } from '#context.ts';
import { addressOf } from '#features/address/policies.ts';
import { AddressInput, AddressParams } from '#features/address/schemas.ts';
import { type OwnProfile, withAvatar } from '#features/profile/own-profile.ts';
import { changeOf } from '#features/profile/policies.ts';
import { findVersion, writeChange } from '#features/profile/write-change.ts';

/**
 * Puts one of the signed-in user's own addresses in place of what was there, if the profile still has the version the user saw.
 * The same address again changes nothing.
 * @throws auth.token.missing, request.invalid, profile.not_found, profile.unreadable, request.precondition_failed
 */
export async function putAddress(
  ctx: AppContext,
  actor: Actor,
  input: { params: unknown; version: number; address: unknown },
): Promise<OwnProfile> {
  const { userId } = requireUser(actor);
  const { type } = parse(AddressParams, input.params);
  const address = addressOf(parse(AddressInput, input.address));

  return withTransaction(ctx, { who: allow.self(actor, userId), audits: ['profile.updated'] }, async (tx) => {
    const profile = await findVersion(tx, userId, input.version);
    const change = changeOf(profile, { addresses: { ...profile.addresses, [type]: address } });
    return await withAvatar(tx, await writeChange(tx, profile, change, { address: type }));
  });
}
