import { readerOf } from '@bank/database';
import { type Actor, allow, parse } from '@bank/domain';
import type { AppContext } from '#context.ts';
import { UserIds } from '#features/profile/schemas.ts';
import type { Profile } from '#storage/profile.entity.ts';

/**
 * Profiles for another service of the platform, at most 100; those that do not exist are left out.
 * @throws access.forbidden, request.invalid
 */
export async function readProfiles(ctx: AppContext, actor: Actor, userIds: unknown): Promise<Profile[]> {
  allow.service(actor);
  return readerOf(ctx).profiles.findMany([...new Set(parse(UserIds, userIds))]);
}
