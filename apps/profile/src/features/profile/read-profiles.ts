import { withTransaction } from '@bank/database';
import { type Actor, allow, parse, personalProfileFields } from '@bank/domain';
import type { AppContext } from '#context.ts';
import { type VisibleProfile, visibleFields } from '#features/profile/policies.ts';
import { UserIds } from '#features/profile/schemas.ts';

/**
 * Profiles for another service of the platform, at most 100, with the fields that are listed for it; those that do not
 * exist are left out, and what is not listed stays sealed. Personal data is not shown unless the ledger is told of it.
 * @throws access.forbidden, request.invalid, profile.unreadable
 */
export async function readProfiles(
  ctx: AppContext,
  actor: Actor,
  input: { userIds: unknown; fields: ReadonlySet<string> },
): Promise<VisibleProfile[]> {
  const who = allow.service(actor);
  const userIds = [...new Set(parse(UserIds, input.userIds))];
  const disclosed = personalProfileFields.filter((field) => input.fields.has(field)).join(' ');

  return withTransaction(ctx, { who, audits: ['profile.read'] }, async (tx) => {
    const profiles = await tx.profiles.findMany(userIds, input.fields);
    for (const { userId } of disclosed === '' ? [] : profiles) {
      const details = { fields: disclosed };
      await tx.audit({ action: 'profile.read', subject: userId, outcome: 'success', details });
    }
    return profiles.map((profile) => visibleFields(profile, input.fields));
  });
}
