import { withTransaction } from '@bank/database';
import { type Actor, allow, DomainError, parse, requireUser } from '@bank/domain';
import type { AppContext, Repositories } from '#context.ts';
import { noteChange } from '#features/settings/note-change.ts';
import { requireOfferConsents } from '#features/settings/offers.ts';
import { applyPatch } from '#features/settings/policies.ts';
import { SettingsPatch } from '#features/settings/schemas.ts';
import { type ViewedSettings, viewOf } from '#features/settings/view-settings.ts';
import { type Settings, unwrittenSettings } from '#storage/settings.entity.ts';

/**
 * Applies a merge patch to the signed-in user's own settings if they still have the version the user saw, which is 0 where
 * nothing was written. Whoever asks for them afterwards sees the change. A patch that changes nothing leaves the version
 * as it is and tells nobody. @throws auth.token.missing, request.invalid, request.precondition_failed, user.not_found,
 * settings.consent_missing
 */
export async function updateSettings(
  ctx: AppContext,
  actor: Actor,
  input: { version: number; patch: unknown },
): Promise<ViewedSettings> {
  const { userId } = requireUser(actor);
  const patch = parse(SettingsPatch, input.patch);
  const now = ctx.clock.now();

  const settings = await withTransaction(
    ctx,
    { who: allow.self(actor, userId), audits: ['settings.updated'] },
    async (tx) => {
      if (!(await tx.holdUser(userId))) throw new DomainError('user.not_found', { reason: 'erased' });
      const seen = (await tx.settings.find(userId)) ?? unwrittenSettings(userId);
      if (seen.version !== input.version) throw new DomainError('request.precondition_failed');
      if (applyPatch(seen, patch).changedFields.length === 0) return seen;

      const before = await writtenSettings(tx, seen, now);
      const { choices, changedFields } = applyPatch(before, patch);
      await requireOfferConsents(tx, before, choices);
      const isReplaced = await tx.settings.replace(userId, input.version, choices, now);
      if (!isReplaced) throw new DomainError('request.precondition_failed');
      const version = input.version + 1;
      await noteChange(tx, { userId, version }, changedFields);
      return { ...before, ...choices, version, updatedAt: now };
    },
  );
  // Should this be lost, the event brings it: a consumer of ours keeps what is newest then.
  await ctx.settingsCache.put(settings);
  return viewOf(ctx, settings);
}

/**
 * The settings of a user as they are written. Where none were seen they are written first: the registration may be bringing
 * its own at this moment, of the same version, and what the user asks fits those as well.
 */
async function writtenSettings(tx: Repositories, seen: Settings, now: Date): Promise<Settings> {
  if (seen.updatedAt !== null) return seen;
  if (await tx.settings.insert(seen.userId, seen, now)) return seen;
  return (await tx.settings.find(seen.userId)) ?? seen;
}
