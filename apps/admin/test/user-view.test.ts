import { request, trimTables } from '@bank/composition/testing';
import { uuidv7 } from '@bank/domain';
import { ContactField } from '@bank/proto/user';
import { describe, expect, test } from 'vitest';
import { growth } from '#storage/growth.ts';
import { adminApp, knownUser, type Staff, staffOf, toldOf } from './admin-app.ts';
import { startNeighbours } from './neighbours.ts';

const neighbours = await startNeighbours();
const app = adminApp(neighbours);
const reason = 'He reads it out on the telephone to prove who he is.';

async function view(userId: string, { token }: Staff = staffOf(app, 'support')) {
  const answer = await request(app.service, 'GET', `/v1/admin/users/${userId}`, { token });
  return { status: answer.status, body: answer.body as Record<string, unknown> };
}

function unmask(userId: string, { token }: Staff, body: object = { fields: ['email', 'givenName'], reason }) {
  return request(app.service, 'POST', `/v1/admin/users/${userId}/unmask`, { token, body });
}

describe('GET /v1/admin/users/{id}', () => {
  test('SR-67, 200: everything about one user, masked, from its owners with the token of who asks', async () => {
    const [userId, staff] = [await knownUser(app, neighbours), staffOf(app, 'support')];
    const { status, body } = await view(userId, staff);
    expect(status).toBe(200);
    expect(body).toMatchObject({
      user: { userId, status: 'active', roles: ['customer'], email: 'a**@example.com', phone: null, locale: 'en' },
      profile: {
        ...{ givenName: 'A**', familyName: null, createdAt: '2026-03-01T00:00:00.000Z', identityLockedAt: null },
        addresses: { home: { lines: ['***'], city: '***', region: null }, mailing: null },
        taxResidencies: [],
      },
      sessions: [{ clientId: 'web', acr: 'aal1', deviceId: null, expiresAt: null }],
      devices: [{ platform: 'ios', model: 'iPhone', trusted: true, lastSeenAt: null }],
      unmasked: null,
      unavailable: [],
    });
    const asked = ['viewUser', 'listSessions', 'viewProfile', 'listDevices'].map((method) =>
      neighbours.callsOf(method),
    );
    expect(asked.map(([call, ...others]) => [call?.token, others])).toEqual(asked.map(() => [staff.token, []]));
    expect(neighbours.callsOf('viewUser')).toMatchObject([{ request: { unmask: [], noteId: '' } }]);
    expect(neighbours.callsOf('viewProfile')).toMatchObject([{ request: { unmask: [], noteId: '' } }]);
  });

  test('SR-86: the view is recorded before anything is shown', async () => {
    const userId = await knownUser(app, neighbours);
    let before: unknown[] = [];
    neighbours.before.set('viewUser', async () => {
      before = await toldOf(app, userId, 'audit');
    });
    await view(userId);
    expect(before).toMatchObject([{ data: { action: 'admin.user.viewed' } }]);
  });

  test('200 without the parts whose apps are away, which are named', async () => {
    const userId = await knownUser(app, neighbours);
    neighbours.refusals.set('viewProfile', 'service.unavailable').set('listDevices', 'service.deadline');
    const { status, body } = await view(userId);
    expect(status).toBe(200);
    expect(body).toMatchObject({
      user: { userId },
      profile: null,
      devices: null,
      unavailable: ['profile', 'devices'],
    });
  });

  test('200 with a user who has no profile yet', async () => {
    neighbours.refusals.set('viewProfile', 'profile.not_found');
    expect(await view(await knownUser(app, neighbours))).toMatchObject({
      status: 200,
      body: { profile: null, unavailable: [] },
    });
  });

  test.each(['viewUser', 'listSessions'])('503 while auth does not answer %s', async (method) => {
    neighbours.refusals.set(method, 'service.unavailable');
    expect((await view(await knownUser(app, neighbours))).status).toBe(503);
  });

  test('SR-65, 404: nobody has the id', async () => {
    expect(await view(uuidv7())).toMatchObject({ status: 404, body: { code: 'user.not_found' } });
  });

  test('SR-65, 403: not for a customer; SR-72: not at aal1', async () => {
    const userId = await knownUser(app, neighbours);
    expect((await view(userId, staffOf(app, 'customer'))).status).toBe(403);
    expect((await view(userId, staffOf(app, 'admin', { acr: 'aal1' }))).status).toBe(403);
    expect(neighbours.calls).toEqual([]);
  });
});

describe('POST /v1/admin/users/{id}/unmask', () => {
  test('200: whoever asked, and nobody else, sees these fields in full for 15 minutes, and each owner is told why', async () => {
    const [userId, staff] = [await knownUser(app, neighbours), staffOf(app, 'compliance')];
    const { status, body } = await unmask(userId, staff);
    expect([status, body]).toEqual([200, { fields: ['email', 'givenName'], expiresAt: expect.any(String) }]);
    const leftMs = new Date((body as { expiresAt: string }).expiresAt).getTime() - Date.now();
    expect(leftMs).toBeGreaterThan(14 * 60_000);
    expect(leftMs).toBeLessThanOrEqual(15 * 60_000);

    const [note] = await app.database.query<{ id: string }>('select id from admin.staff_notes where user_id = $1', [
      userId,
    ]);
    expect((await view(userId, staff)).body).toMatchObject({
      user: { email: 'ada@example.com' },
      profile: { givenName: 'Ada' },
      unmasked: { fields: ['email', 'givenName'] },
    });
    expect(neighbours.callsOf('viewUser')).toMatchObject([
      { request: { unmask: [ContactField.EMAIL], noteId: note?.id }, token: staff.token },
    ]);
    expect(neighbours.callsOf('viewProfile')).toMatchObject([{ request: { unmask: ['givenName'], noteId: note?.id } }]);
    const colleague = await view(userId, staffOf(app, 'compliance'));
    expect(colleague.body).toMatchObject({ user: { email: 'a**@example.com' }, unmasked: null });
    expect((await view(await knownUser(app, neighbours), staff)).body).toMatchObject({ unmasked: null });
  });

  test('is over after its time, and its row goes', async () => {
    const [userId, staff] = [await knownUser(app, neighbours), staffOf(app, 'compliance')];
    await unmask(userId, staff);
    await app.database.query('update admin.unmaskings set expires_at = now() where user_id = $1', [userId]);
    expect((await view(userId, staff)).body).toMatchObject({ user: { email: 'a**@example.com' }, unmasked: null });
    await trimTables(app.ctx, growth);
    expect(await app.database.query('select 1 from admin.unmaskings where user_id = $1', [userId])).toEqual([]);
  });

  test('SR-70: is over for who may not unmask any more', async () => {
    const [userId, staff] = [await knownUser(app, neighbours), staffOf(app, 'compliance')];
    await unmask(userId, staff);
    const demoted = staffOf(app, 'support', { userId: staff.userId });
    expect((await view(userId, demoted)).body).toMatchObject({ user: { email: 'a**@example.com' }, unmasked: null });
  });

  test('another one of the same user takes its place', async () => {
    const [userId, staff] = [await knownUser(app, neighbours), staffOf(app, 'compliance')];
    await unmask(userId, staff);
    await unmask(userId, staff, { fields: ['phone'], reason });
    expect((await view(userId, staff)).body).toMatchObject({ unmasked: { fields: ['phone'] } });
    expect(neighbours.callsOf('viewProfile')).toMatchObject([{ request: { unmask: [], noteId: '' } }]);
  });

  test('SR-86: is recorded, with the fields and the note', async () => {
    const [userId, staff] = [await knownUser(app, neighbours), staffOf(app, 'compliance')];
    await unmask(userId, staff);
    expect(await toldOf(app, userId, 'audit')).toMatchObject([
      { data: { action: 'admin.user.unmasked', actor: { id: staff.userId }, details: { fields: 'email givenName' } } },
    ]);
  });

  test('SR-72, 403: not for support and administrators', async () => {
    const userId = await knownUser(app, neighbours);
    for (const role of ['support', 'admin'] as const) {
      expect((await unmask(userId, staffOf(app, role))).status).toBe(403);
    }
  });

  test('SR-72, 403: not of oneself, nor of who stands as high', async () => {
    const staff = staffOf(app, 'compliance');
    await knownUser(app, neighbours, { userId: staff.userId, roles: ['compliance'] });
    const others = [await knownUser(app, neighbours, { roles: ['compliance'] })];
    others.push(await knownUser(app, neighbours, { roles: ['customer', 'admin'] }));
    for (const userId of [staff.userId, ...others]) {
      expect(await unmask(userId, staff)).toMatchObject({ status: 403, body: { code: 'access.forbidden' } });
      expect((await view(userId, staff)).body).toMatchObject({ user: { email: 'a**@example.com' }, unmasked: null });
    }
    expect((await unmask(await knownUser(app, neighbours, { roles: ['support'] }), staff)).status).toBe(200);
  });

  test('SR-72: is over when who was unmasked has risen', async () => {
    const [userId, staff] = [await knownUser(app, neighbours), staffOf(app, 'compliance')];
    await unmask(userId, staff);
    await app.database.query("update admin.users set roles = '{compliance}' where user_id = $1", [userId]);
    expect((await view(userId, staff)).body).toMatchObject({ user: { email: 'a**@example.com' }, unmasked: null });
  });

  test.each(['viewUser', 'viewProfile'])(
    'SR-72: is over when %s refuses, before news of the rise has come',
    async (method) => {
      const [userId, staff] = [await knownUser(app, neighbours), staffOf(app, 'compliance')];
      await unmask(userId, staff);
      neighbours.before.set(method, async () => {
        const unmasked = neighbours.callsOf(method).at(-1)?.request['unmask'] as unknown[];
        if (unmasked.length > 0) neighbours.refusals.set(method, 'access.forbidden');
        else neighbours.refusals.delete(method);
      });
      const { status, body } = await view(userId, staff);
      expect(status).toBe(200);
      const masked = { user: { email: 'a**@example.com' }, profile: { givenName: 'A**' }, unmasked: null };
      expect(body).toMatchObject(masked);
      const viewed = (await toldOf(app, userId, 'audit')).filter(({ data }) => data['action'] === 'admin.user.viewed');
      expect(viewed).toHaveLength(2);
      expect(viewed.at(-1)?.data['details'] ?? {}).not.toHaveProperty('unmasked');
    },
  );

  test('403: whom the owner refuses even what is masked', async () => {
    const [userId, staff] = [await knownUser(app, neighbours), staffOf(app, 'compliance')];
    await unmask(userId, staff);
    neighbours.refusals.set('viewUser', 'access.forbidden');
    expect(await view(userId, staff)).toMatchObject({ status: 403, body: { code: 'access.forbidden' } });
    expect(neighbours.callsOf('viewUser')).toHaveLength(2);
  });

  test('SR-62, 403: not when the sign-in was more than 15 minutes ago', async () => {
    const userId = await knownUser(app, neighbours);
    const authTime = Math.floor(Date.now() / 1000) - 901;
    expect(await unmask(userId, staffOf(app, 'compliance', { authTime }))).toMatchObject({
      status: 403,
      body: { code: 'auth.step_up.required', acr: 'aal2', maxAgeSeconds: 900 },
    });
  });

  test.each([
    ['nothing', []],
    ['what there is not', ['passwordHash']],
    ['what no one may see', ['email', 'roles']],
  ])('422: %s', async (_, fields) => {
    const userId = await knownUser(app, neighbours);
    expect((await unmask(userId, staffOf(app, 'compliance'), { fields, reason })).status).toBe(422);
  });

  test('404: nobody has the id', async () => {
    expect((await unmask(uuidv7(), staffOf(app, 'compliance'))).status).toBe(404);
  });
});
