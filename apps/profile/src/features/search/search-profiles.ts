import { withTransaction } from '@bank/database';
import { type Actor, allow, parse, requireUser } from '@bank/domain';
import type { AppContext } from '#context.ts';
import { takeFrom } from '#features/limit/take-from.ts';
import { type MaskedProfile, maskProfile } from '#features/profile/masking.ts';
import { ProfileSearch, wantedOf } from '#features/search/schemas.ts';
import type { Profile } from '#storage/profile.entity.ts';
import { isWanted } from '#storage/search/search-terms.ts';

/** Profiles that were found, every value of the person masked. */
export interface FoundProfiles {
  readonly profiles: readonly MaskedProfile[];
  /** There may be a next page after one that is short, or empty: what a page looks at is bounded. */
  readonly nextCursor: string | undefined;
}

/** Of one member of staff, pages included: more than who has callers on the telephone needs, too few to try out a name or a date. */
const searches = { name: 'profile-searches', points: 60, windowSeconds: 3600 };

const nothingUnmasked: ReadonlySet<string> = new Set();

/**
 * Finds people for staff by words of their names, and their dates of birth with them, the latest user first. The search is recorded without
 * what was looked for, and nothing is shown if it cannot be. A profile that does not open is left out, and is said in the log.
 * @throws auth.token.missing, access.forbidden, auth.step_up.required, request.invalid, request.rate_limited
 */
export async function searchProfiles(ctx: AppContext, actor: Actor, input: unknown): Promise<FoundProfiles> {
  const who = allow.permission(actor, 'users.search');
  const { userId: staffId } = requireUser(actor);
  const search = parse(ProfileSearch, input);
  const wanted = wantedOf(search);
  // Part of what a cursor is bound to, and never of the cursor.
  const context = `profiles:${staffId}:${JSON.stringify(wanted)}`;
  const before = search.cursor === undefined ? undefined : String(ctx.cursors.decode(search.cursor, context)['id']);

  await takeFrom(ctx, staffId, searches);
  return await withTransaction(ctx, { who, audits: ['profile.searched'] }, async (tx) => {
    const page = await tx.search.find(wanted, { before, limit: search.limit });
    const { profiles, unreadable } = await tx.profiles.findReadable(page.owners as Profile['userId'][]);
    for (const userId of unreadable) ctx.logger.error({ userId }, 'a profile that a search found does not open');
    const found = profiles.filter((profile) => isWanted(profile, wanted));
    const [only, ...others] = found;
    const subject = only !== undefined && others.length === 0 ? only.userId : staffId;
    const { words, beginnings, dateOfBirth } = wanted;
    const details = { words: words.length, beginnings: beginnings.length, born: dateOfBirth !== undefined };
    await tx.audit({
      action: 'profile.searched',
      subject,
      outcome: 'success',
      details: { ...details, found: found.length },
    });
    return {
      profiles: found.map((profile) => maskProfile(profile, nothingUnmasked)),
      nextCursor: page.next === undefined ? undefined : ctx.cursors.encode({ id: page.next }, context),
    };
  });
}
