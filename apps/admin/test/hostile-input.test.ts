import { AdminService } from '@bank/proto/admin';
import { fuzzRoutes, fuzzRpc } from '@bank/service-kit/fuzz';
import { beforeAll, expect, test } from 'vitest';
import { routes } from '#transport/http/routes.ts';
import { admin, adminApp, knownUser, tools } from './admin-app.ts';
import { startNeighbours } from './neighbours.ts';

const neighbours = await startNeighbours();
const app = adminApp(neighbours);

/** The id that the fuzz tests put where a UUIDv7 is asked for. */
const usualId = '0198c5a2-7b1e-7c3d-9e4f-123456789abc';
beforeAll(async () => {
  await knownUser(app, neighbours, { userId: usualId, email: 'ada@example.com' });
});

function staffToken(): string {
  return app.issuer.token({ audience: 'user-service-staff', roles: ['compliance', 'admin'], acr: 'aal2' });
}

test('SR-82: no route breaks, echoes or takes long', { timeout: 300_000 }, async () => {
  const headers = () => ({ authorization: `Bearer ${staffToken()}`, 'x-bank-listener': 'staff' });
  const answers = await fuzzRoutes(app.service, routes, { headers });
  expect(answers[200]).toBeGreaterThan(0);
  expect(answers[204]).toBeGreaterThan(0);
  expect(answers[404]).toBeGreaterThan(0);
  expect(answers[422]).toBeGreaterThan(0);
});

test.each([tools, admin])(
  'SR-79: no method breaks, echoes or takes long when %s calls it',
  { timeout: 300_000 },
  async (caller) => {
    const headers = () => ({ 'bank-user-token': staffToken() });
    const answers = await fuzzRpc(await app.transport(caller), [AdminService], { headers });
    expect(Object.keys(answers)).toEqual(expect.arrayContaining(['invalid_argument', 'permission_denied']));
  },
);

test('SR-42: no route takes a password, nor gives one', () => {
  const described = JSON.stringify(
    routes.map(({ body, query, params, responses }) => [body, query, params, responses]),
  );
  expect(described).not.toMatch(/password|passphrase|secret/i);
});
