import { fuzzRoutes } from '@bank/service-kit/fuzz';
import { expect, test } from 'vitest';
import { routes } from '#transport/http/routes.ts';
import { adminApp } from './admin-app.ts';

const app = adminApp();

test('SR-82: no route breaks, echoes or takes long', async () => {
  const token = app.issuer.token({ audience: 'user-service-staff', roles: ['compliance'], acr: 'aal2' });
  const answers = await fuzzRoutes(app.service, routes, { headers: () => ({ authorization: `Bearer ${token}` }) });
  expect(answers[200]).toBeGreaterThan(0);
  expect(answers[422]).toBeGreaterThan(0);
});
