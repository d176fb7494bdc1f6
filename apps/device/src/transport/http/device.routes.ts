import { UuidSchema } from '@bank/domain';
import { defineRoutes, ok } from '@bank/service-kit';
import * as v from 'valibot';
import type { AppContext } from '#context.ts';
import { getDevice } from '#features/device/get-device.ts';
import { listDevices } from '#features/device/list-devices.ts';
import { DeviceList, DevicePage, DeviceView } from '#features/device/schemas.ts';

export const deviceRoutes = defineRoutes<AppContext>([
  {
    method: 'GET',
    path: '/v1/devices',
    summary: 'The devices the user has signed in on',
    tag: 'devices',
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
    tag: 'devices',
    access: 'user',
    params: v.strictObject({ id: UuidSchema }),
    responses: { 200: DeviceView },
    errors: ['device.not_found'],
    handle: async (ctx, request) => ok(await getDevice(ctx, request.actor, request.params['id'])),
  },
]);
