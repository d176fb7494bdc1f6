import { defineRoutes, etagOf, ok, versionOf } from '@bank/service-kit';
import type { AppContext } from '#context.ts';
import { SettingsPatch, SettingsView } from '#features/settings/schemas.ts';
import { updateSettings } from '#features/settings/update-settings.ts';
import { type ViewedSettings, viewSettings } from '#features/settings/view-settings.ts';

const tag = 'settings';

/** Each change goes to the ledger and to other services. */
const changeLimits = [{ name: 'settings', points: 120, windowSeconds: 3600, by: 'user' }] as const;

export const settingsRoutes = defineRoutes<AppContext>([
  {
    method: 'GET',
    path: '/v1/settings',
    summary: 'What the signed-in user has chosen, and the defaults for the rest',
    tag,
    access: 'user',
    etag: true,
    responses: { 200: SettingsView },
    errors: [],
    handle: async (ctx, request) => shown(await viewSettings(ctx, request.actor)),
  },
  {
    method: 'PATCH',
    path: '/v1/settings',
    summary: 'Change settings (JSON Merge Patch); needs If-Match',
    description: 'Messages about security cannot be switched off: 422 with the rule `always_on`.',
    tag,
    access: 'user',
    body: SettingsPatch,
    ifMatch: 'required',
    limits: changeLimits,
    etag: true,
    responses: { 200: SettingsView },
    errors: ['request.invalid', 'request.precondition_failed', 'user.not_found', 'settings.consent_missing'],
    async handle(ctx, request) {
      const version = versionOf(request);
      return shown(await updateSettings(ctx, request.actor, { version, patch: request.body }));
    },
  },
]);

function shown({ view, version }: ViewedSettings) {
  return ok(view, { etag: etagOf(version) });
}
