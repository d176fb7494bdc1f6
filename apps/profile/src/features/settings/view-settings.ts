import { readerOf } from '@bank/database';
import { type Actor, requireUser } from '@bank/domain';
import type { AppContext } from '#context.ts';
import { toSettingsView } from '#features/settings/policies.ts';
import type { SettingsView } from '#features/settings/schemas.ts';
import { type Settings, unwrittenSettings } from '#storage/settings.entity.ts';

/** Settings as their user sees them, and their version for the ETag. */
export interface ViewedSettings {
  readonly view: SettingsView;
  readonly version: number;
}

/** The signed-in user's settings; the defaults of the bank where the user has chosen nothing. @throws auth.token.missing */
export async function viewSettings(ctx: AppContext, actor: Actor): Promise<ViewedSettings> {
  const { userId } = requireUser(actor);
  return viewOf(ctx, (await readerOf(ctx).settings.find(userId)) ?? unwrittenSettings(userId));
}

/** Settings with the defaults of the bank. */
export function viewOf({ config }: AppContext, settings: Settings): ViewedSettings {
  const defaults = { currency: config.DEFAULT_CURRENCY, timeZone: config.DEFAULT_TIME_ZONE };
  return { view: toSettingsView(settings, defaults), version: settings.version };
}
