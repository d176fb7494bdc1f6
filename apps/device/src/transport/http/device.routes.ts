import { defineRoutes, etagOf, noContent, ok, versionOf } from '@bank/service-kit';
import type { AppContext } from '#context.ts';
import { getDevice } from '#features/device/get-device.ts';
import { listDevices } from '#features/device/list-devices.ts';
import { freshSeconds } from '#features/device/policies.ts';
import { removeDevice } from '#features/device/remove-device.ts';
import { renameDevice } from '#features/device/rename-device.ts';
import { DeviceList, DevicePage, DeviceParams, DevicePatch, DeviceView } from '#features/device/schemas.ts';
import { trustDevice } from '#features/device/trust-device.ts';
import type { ViewedDevice } from '#features/device/view.ts';

const tag = 'devices';

/** Each change is told in a mail and in the ledger: enough for people, too little to flood either. */
const trustLimits = [{ name: 'device-trust', points: 30, windowSeconds: 3600, by: 'user' }] as const;
const removalLimits = [{ name: 'device-removal', points: 60, windowSeconds: 3600, by: 'user' }] as const;
const nameLimits = [{ name: 'device-name', points: 60, windowSeconds: 3600, by: 'user' }] as const;

export const deviceRoutes = defineRoutes<AppContext>([
  {
    method: 'GET',
    path: '/v1/devices',
    summary: 'The devices the user has signed in on',
    tag,
    access: 'user',
    query: DevicePage,
    responses: { 200: DeviceList },
    errors: ['request.invalid'],
    handle: async (ctx, request) => ok(await listDevices(ctx, request.actor, request.query)),
  },
  {
    method: 'GET',
    path: '/v1/devices/:id',
    summary: 'One of the devices',
    tag,
    access: 'user',
    params: DeviceParams,
    etag: true,
    responses: { 200: DeviceView },
    errors: ['device.not_found'],
    handle: async (ctx, request) => shown(await getDevice(ctx, request.actor, request.params)),
  },
  {
    method: 'PATCH',
    path: '/v1/devices/:id',
    summary: 'Name a device (JSON Merge Patch); needs If-Match',
    description: 'What a sign-in says as the name of its device is not kept: a device is named here.',
    tag,
    access: 'user',
    ifMatch: 'required',
    limits: nameLimits,
    params: DeviceParams,
    body: DevicePatch,
    etag: true,
    responses: { 200: DeviceView },
    errors: ['device.not_found'],
    async handle(ctx, request) {
      const { actor, params, body: patch } = request;
      return shown(await renameDevice(ctx, actor, { params, version: versionOf(request), patch }));
    },
  },
  {
    method: 'DELETE',
    path: '/v1/devices/:id',
    summary: 'Remove a device and end its sessions; needs If-Match',
    description:
      'It never comes back: whoever signs in on it again has a new one. ' +
      `One that is trusted or has a key needs an authentication at \`aal2\` at most ${freshSeconds} seconds old.`,
    tag,
    access: 'user',
    ifMatch: 'required',
    limits: removalLimits,
    params: DeviceParams,
    responses: { 204: null },
    errors: ['device.not_found', 'auth.step_up.required'],
    async handle(ctx, request) {
      await removeDevice(ctx, request.actor, { params: request.params, version: versionOf(request) });
      return noContent();
    },
  },
  {
    method: 'POST',
    path: '/v1/devices/:id/trust',
    summary: 'Trust a device; needs a fresh second factor',
    description: 'At the level that the factors give, as for adding a factor.',
    tag,
    access: 'user',
    stepUp: { acr: 'aal2', maxAgeSeconds: freshSeconds },
    idempotent: true,
    limits: trustLimits,
    params: DeviceParams,
    etag: true,
    responses: { 200: DeviceView },
    errors: ['device.not_found'],
    async handle(ctx, { actor, params }) {
      return shown(await trustDevice(ctx, actor, { params, isTrusted: true }));
    },
  },
  {
    method: 'POST',
    path: '/v1/devices/:id/untrust',
    summary: 'Trust a device no longer; needs a fresh second factor',
    tag,
    access: 'user',
    stepUp: { acr: 'aal2', maxAgeSeconds: freshSeconds },
    idempotent: true,
    limits: trustLimits,
    params: DeviceParams,
    etag: true,
    responses: { 200: DeviceView },
    errors: ['device.not_found'],
    async handle(ctx, { actor, params }) {
      return shown(await trustDevice(ctx, actor, { params, isTrusted: false }));
    },
  },
]);

function shown({ view, version }: ViewedDevice) {
  return ok(view, { etag: etagOf(version) });
}
