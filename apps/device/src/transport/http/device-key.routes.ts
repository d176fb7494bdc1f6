import { defineRoutes, etagOf, noContent, ok, versionOf } from '@bank/service-kit';
import type { AppContext } from '#context.ts';
import { freshSeconds } from '#features/device/policies.ts';
import { DeviceParams, DeviceView } from '#features/device/schemas.ts';
import { bindKey } from '#features/device-key/bind-key.ts';
import { removeKey } from '#features/device-key/remove-key.ts';
import { KeyBody, KeyChallengeView } from '#features/device-key/schemas.ts';
import { startBinding } from '#features/device-key/start-binding.ts';

const tag = 'devices';
const stepUp = { acr: 'aal2', maxAgeSeconds: freshSeconds } as const;

/** Each change is told in a mail and in the ledger: fewer than the mails that one address gets in an hour, so that none is missing. */
const keyLimits = [{ name: 'device-key', points: 10, windowSeconds: 3600, by: 'user' }] as const;
const challengeLimits = [{ name: 'device-key-challenge', points: 60, windowSeconds: 3600, by: 'user' }] as const;

export const deviceKeyRoutes = defineRoutes<AppContext>([
  {
    method: 'POST',
    path: '/v1/devices/:id/key/challenge',
    summary: 'Ask for a challenge to bind a key to the device in use; needs a fresh second factor',
    description:
      'At the level that the factors give, as for adding a factor. The answer has the `ETag` that `PUT` is to name. What was asked before in the same session is dead.',
    tag,
    access: 'user',
    stepUp,
    limits: challengeLimits,
    params: DeviceParams,
    etag: true,
    responses: { 200: KeyChallengeView },
    errors: ['device.not_found', 'device.not_current'],
    async handle(ctx, { actor, params }) {
      const { view, version } = await startBinding(ctx, actor, params);
      return ok(view, { etag: etagOf(version) });
    },
  },
  {
    method: 'PUT',
    path: '/v1/devices/:id/key',
    summary:
      'Bind a key to the device in use, or another in place of its key; needs If-Match and a fresh second factor',
    description:
      'At the level that the factors give, as for adding a factor. The first answer uses the challenge up, right or wrong.',
    tag,
    access: 'user',
    stepUp,
    ifMatch: 'required',
    limits: keyLimits,
    params: DeviceParams,
    body: KeyBody,
    etag: true,
    responses: { 200: DeviceView },
    errors: [
      'device.not_found',
      'device.not_current',
      'challenge.not_found',
      'device.key.unproven',
      'device.key.taken',
    ],
    async handle(ctx, request) {
      const { actor, params, body } = request;
      const { view, version } = await bindKey(ctx, actor, { params, version: versionOf(request), body });
      return ok(view, { etag: etagOf(version) });
    },
  },
  {
    method: 'DELETE',
    path: '/v1/devices/:id/key',
    summary: 'Remove the key of a device; needs If-Match and a fresh second factor',
    tag,
    access: 'user',
    stepUp,
    ifMatch: 'required',
    limits: keyLimits,
    params: DeviceParams,
    etag: true,
    responses: { 204: null },
    errors: ['device.not_found', 'device.key.not_found'],
    async handle(ctx, request) {
      const { actor, params } = request;
      const { version } = await removeKey(ctx, actor, { params, version: versionOf(request) });
      return noContent({ etag: etagOf(version) });
    },
  },
]);
