import { AdminService } from '@bank/proto/admin';
import { fuzzRoutes, fuzzRpc } from '@bank/service-kit/fuzz';
import { expect, test } from 'vitest';
import { routes } from '#transport/http/routes.ts';
import { admin, adminApp, tools } from './admin-app.ts';

const app = adminApp();

function staffToken(): string {
  return app.issuer.token({ audience: 'user-service-staff', roles: ['compliance'], acr: 'aal2' });
}

test('SR-82: no route breaks, echoes or takes long', async () => {
  const token = staffToken();
  const answers = await fuzzRoutes(app.service, routes, { headers: () => ({ authorization: `Bearer ${token}` }) });
  expect(answers[422]).toBeGreaterThan(0);
});

test.each([tools, admin])('SR-79: no method breaks, echoes or takes long when %s calls it', async (caller) => {
  const headers = () => ({ 'bank-user-token': staffToken() });
  const answers = await fuzzRpc(await app.transport(caller), [AdminService], { headers });
  expect(Object.keys(answers)).toEqual(expect.arrayContaining(['invalid_argument', 'permission_denied']));
});
