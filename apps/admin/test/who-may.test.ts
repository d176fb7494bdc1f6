import { request } from '@bank/composition/testing';
import { hasPermission, type Permission, type Role, roles, uuidv7 } from '@bank/domain';
import { describe, expect, test } from 'vitest';
import { routes } from '#transport/http/routes.ts';
import { adminApp, knownUser, staffOf } from './admin-app.ts';
import { startNeighbours } from './neighbours.ts';

const neighbours = await startNeighbours();
const app = adminApp(neighbours);

const inventory = routes.map(({ method, path, access, stepUp }) => ({
  name: `${method} ${path}`,
  method,
  path: path.replace(/:\w+/g, () => uuidv7()),
  permission: (access as { permission: Permission }).permission,
  stepUp,
}));

/** The answer to a request whose body fits no route, so that nothing is done by it. */
async function answer({ method, path }: { method: string; path: string }, token?: string) {
  const body = method === 'GET' ? {} : { body: { nothing: true } };
  const { status, body: problem } = await request(app.service, method, path, { ...(token && { token }), ...body });
  return { status, code: (problem as { code?: string } | undefined)?.code };
}

describe.each(inventory)('$name', (route) => {
  test('SR-65: is open to a permission alone', () => {
    expect(route.permission).toBeTypeOf('string');
  });

  test('SR-65, 401: not without a token, nor with one of customers or of the enrolment', async () => {
    expect(await answer(route)).toMatchObject({ status: 401, code: 'auth.token.missing' });
    for (const audience of ['user-service', 'enrolment']) {
      const { token } = staffOf(app, 'admin', { audience });
      expect([audience, await answer(route, token)]).toMatchObject([audience, { status: 401 }]);
    }
  });

  test.each(roles)('SR-65: %s, by the permissions of the role', async (role: Role) => {
    const { status, code } = await answer(route, staffOf(app, role).token);
    if (hasPermission([role], route.permission)) expect(code).not.toBe('access.forbidden');
    else expect([status, code]).toEqual([403, 'access.forbidden']);
  });

  test('SR-72, 403: not at aal1', async () => {
    const { token } = staffOf(app, 'admin', { acr: 'aal1', roles: ['compliance', 'admin'] });
    expect(await answer(route, token)).toEqual({ status: 403, code: 'auth.step_up.required' });
  });

  test('SR-70, 401: not with a session that was ended', async () => {
    const sessionId = uuidv7();
    const { token } = staffOf(app, 'admin', { sessionId, roles: ['compliance', 'admin'] });
    app.issuer.revoke(sessionId);
    expect(await answer(route, token)).toEqual({ status: 401, code: 'auth.token.invalid' });
  });
});

test('SR-62: what gives rights, shows what is masked, or decides needs a fresh authentication', () => {
  const fresh = inventory.filter(({ stepUp }) => stepUp?.acr === 'aal2' && stepUp.maxAgeSeconds === 900);
  expect(fresh.map(({ name }) => name).toSorted()).toEqual([
    'GET /v1/admin/kyc/cases/:id/documents/:documentId',
    'GET /v1/admin/kyc/cases/:id/documents/:documentId/particulars',
    'GET /v1/admin/users/:id/change-requests/:requestId',
    'POST /v1/admin/approvals/:id/approve',
    'POST /v1/admin/approvals/:id/reject',
    'POST /v1/admin/approvals/:id/unmask',
    'POST /v1/admin/invitations',
    'POST /v1/admin/kyc/cases/:id/unmask',
    'POST /v1/admin/users/:id/change-requests/:requestId/approve',
    'POST /v1/admin/users/:id/change-requests/:requestId/reject',
    'POST /v1/admin/users/:id/unmask',
    'PUT /v1/admin/users/:id/roles',
  ]);
});

test('SR-72: nobody acts on themselves, nor on who stands as high, and no owner is asked', async () => {
  const self = staffOf(app, 'support');
  await knownUser(app, neighbours, { userId: self.userId, roles: ['support'] });
  const colleague = await knownUser(app, neighbours, { roles: ['support'] });
  const superior = await knownUser(app, neighbours, { roles: ['admin'] });
  for (const userId of [self.userId, colleague, superior]) {
    for (const act of ['lock', 'unlock', 'sign-out', 'start-password-reset', 'resend-verification']) {
      const body = { reason: 'Because he can.' };
      const path = `/v1/admin/users/${userId}/${act}`;
      const refused = await request(app.service, 'POST', path, { token: self.token, body });
      expect([act, refused.status, refused.body]).toMatchObject([act, 403, { code: 'access.forbidden' }]);
    }
  }
  expect(neighbours.calls).toEqual([]);
});
