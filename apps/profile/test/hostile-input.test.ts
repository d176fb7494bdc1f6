import { fuzzRoutes } from '@bank/service-kit/fuzz';
import { expect, test } from 'vitest';
import { routes } from '#transport/http/routes.ts';
import { givenProfile, profileApp } from './profile-app.ts';

const app = profileApp();

test('SR-82: no route breaks, echoes or takes long', async () => {
  const { token } = await givenProfile(app);
  const headers = () => ({ authorization: `Bearer ${token}`, 'if-match': '"v1"' });
  const answers = await fuzzRoutes(app.service, routes, { headers });
  expect(answers[200]).toBeGreaterThan(0);
  expect(answers[422]).toBeGreaterThan(0);
});
