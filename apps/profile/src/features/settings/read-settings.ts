import { readerOf } from '@bank/database';
import { type Actor, allow, parse, type UserId, UserIdSchema } from '@bank/domain';
import type { AppContext } from '#context.ts';
import type { SettingsView } from '#features/settings/schemas.ts';
import { viewOf } from '#features/settings/view-settings.ts';
import { type Settings, unwrittenSettings } from '#storage/settings.entity.ts';

/** What another service may see of settings: whose they are and their version, and of the rest what is listed for it. */
export type VisibleSettings = { readonly userId: string; readonly version: number } & Partial<
  Pick<SettingsView, 'currency' | 'timeZone' | 'notifications' | 'quietHours' | 'privacy'>
> & {
    /** Undefined as well while nobody knows it. */
    readonly language?: string | undefined;
  };

const listable = ['currency', 'timeZone', 'notifications', 'quietHours', 'privacy'] as const;

/**
 * Settings for another service of the platform, with the fields that are listed for it; the defaults for whom nothing was
 * written. From the cache where they are in it, and from Postgres otherwise. @throws access.forbidden, request.invalid
 */
export async function readSettings(
  ctx: AppContext,
  actor: Actor,
  input: { userId: unknown; fields: ReadonlySet<string> },
): Promise<VisibleSettings> {
  allow.service(actor);
  const userId = parse(UserIdSchema, input.userId);
  const settings = await currentSettings(ctx, userId);
  const { view, version } = viewOf(ctx, settings);
  const listed = listable.filter((field) => input.fields.has(field)).map((field) => [field, view[field]]);
  const language = input.fields.has('language') ? (settings.language ?? undefined) : undefined;
  return { ...Object.fromEntries(listed), userId, version, language };
}

async function currentSettings(ctx: AppContext, userId: UserId): Promise<Settings> {
  const kept = await ctx.settingsCache.get(userId);
  if (kept !== undefined) return kept;
  const found = await readerOf(ctx).settings.find(userId);
  // Not what is not written: nothing would tell the cache that a user has come to have settings.
  if (found !== undefined) await ctx.settingsCache.put(found);
  return found ?? unwrittenSettings(userId);
}
