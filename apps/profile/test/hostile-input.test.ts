import { ProfileService } from '@bank/proto/profile';
import { fuzzRoutes, fuzzRpc } from '@bank/service-kit/fuzz';
import { expect, test } from 'vitest';
import { routes } from '#transport/http/routes.ts';
import { startAuth } from './auth-neighbour.ts';
import { admin, asStaff, givenProfile, ownProfileApp } from './profile-app.ts';

const auth = await startAuth();
const app = ownProfileApp(auth);

test('SR-82: no route breaks, echoes or takes long', { timeout: 300_000 }, async () => {
  const { token } = await givenProfile(app);
  const headers = () => ({ authorization: `Bearer ${token}`, 'if-match': '"v1"' });
  const answers = await fuzzRoutes(app.service, routes, { headers });
  expect(answers[200]).toBeGreaterThan(0);
  expect(answers[422]).toBeGreaterThan(0);
});

test('SR-79: no method breaks, echoes or takes long', { timeout: 300_000 }, async () => {
  const answers = await fuzzRpc(await app.transport(admin), [ProfileService], {
    headers: () => asStaff(app, 'compliance').asked.headers,
  });
  expect(Object.keys(answers)).toEqual(expect.arrayContaining(['invalid_argument']));
});
