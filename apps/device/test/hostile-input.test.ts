import { DeviceService } from '@bank/proto/device';
import { fuzzRoutes, fuzzRpc } from '@bank/service-kit/fuzz';
import { expect, test } from 'vitest';
import { routes } from '#transport/http/routes.ts';
import { everything, ownDeviceApp, staffToken } from './device-app.ts';

const app = await ownDeviceApp();

test('SR-82: no route breaks, echoes or takes long', { timeout: 300_000 }, async () => {
  const headers = () => ({ authorization: `Bearer ${app.issuer.token({ acr: 'aal2' })}`, 'if-match': '"v1"' });
  const answers = await fuzzRoutes(app.service, routes, { headers });
  expect(answers[200]).toBeGreaterThan(0);
  expect(answers[404]).toBeGreaterThan(0);
});

test('SR-79: no method breaks, echoes or takes long', { timeout: 300_000 }, async () => {
  const headers = () => ({ 'bank-user-token': staffToken(app) });
  const answers = await fuzzRpc(await app.transport(everything), [DeviceService], { headers });
  expect(Object.keys(answers)).toEqual(expect.arrayContaining(['invalid_argument']));
  expect(answers['permission_denied']).toBeUndefined();
});
