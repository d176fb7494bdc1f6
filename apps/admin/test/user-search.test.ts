import { request } from '@bank/composition/testing';
import { type Role, uuidv7 } from '@bank/domain';
import { describe, expect, test } from 'vitest';
import { adminApp, knownUser, staffOf, toldOf } from './admin-app.ts';
import { startNeighbours } from './neighbours.ts';

const neighbours = await startNeighbours();
const app = adminApp(neighbours);

interface Page {
  items: { userId: string; status: string; roles: string[]; emailVerified: boolean | null }[];
  nextCursor: string | null;
}

async function search(body: object, token = staffOf(app, 'support').token) {
  const answer = await request(app.service, 'POST', '/v1/admin/users/search', { token, body });
  return { status: answer.status, body: answer.body as Page & { errors: unknown; code: string } };
}

describe('POST /v1/admin/users/search', () => {
  test('200: whose address it is, asked of auth with the token of the member of staff (SR-67)', async () => {
    const userId = await knownUser(app, neighbours, { email: 'ada@example.com' });
    const staff = staffOf(app, 'support');
    const { status, body } = await search({ email: 'ada@example.com' }, staff.token);
    expect(status).toBe(200);
    expect(body).toEqual({
      items: [{ userId, status: 'active', roles: ['customer'], emailVerified: true, phoneVerified: false, name: null }],
      nextCursor: null,
    });
    expect(neighbours.callsOf('lookupUser')).toMatchObject([
      { request: { identifier: { case: 'email', value: 'ada@example.com' } }, token: staff.token },
    ]);
  });

  test('200 without anybody: nobody has the number', async () => {
    expect((await search({ phone: '+49 171 1234567' })).body).toEqual({ items: [], nextCursor: null });
    expect(neighbours.callsOf('lookupUser')).toMatchObject([{ request: { identifier: { value: '+491711234567' } } }]);
  });

  test('200: who has the id', async () => {
    const userId = await knownUser(app, neighbours);
    expect((await search({ userId })).body.items).toMatchObject([{ userId, emailVerified: true }]);
    expect((await search({ userId: uuidv7() })).body.items).toEqual([]);
  });

  test('200: who bears the name, asked of profile with the token of the member of staff, page after page (SR-67)', async () => {
    const ids: string[] = [];
    for (let count = 0; count < 3; count += 1) ids.push(await knownUser(app, neighbours, { name: 'ada love*' }));
    const staff = staffOf(app, 'support');
    const asked = { name: 'ada love*', dateOfBirth: '1815-12-10' };
    const first = (await search({ ...asked, limit: 2 }, staff.token)).body;
    const rest = (await search({ ...asked, cursor: first.nextCursor }, staff.token)).body;
    expect([...first.items, ...rest.items].map(({ userId }) => userId)).toEqual(ids);
    expect(first.items[0]).toMatchObject({
      status: 'active',
      roles: ['customer'],
      emailVerified: true,
      name: 'A*** L***',
    });
    expect(rest.nextCursor).toBeNull();
    expect(neighbours.callsOf('searchProfiles')).toMatchObject([
      { request: { ...asked, limit: 2, cursor: '' }, token: staff.token },
      { request: { ...asked, limit: 20, cursor: ids[1] }, token: staff.token },
    ]);
    expect((await search({ ...asked, cursor: first.nextCursor })).status).toBe(422);
    const [entry] = await toldOf(app, staff.userId, 'audit');
    expect(entry).toMatchObject({ data: { details: { by: 'name', found: 2 } } });
    expect(JSON.stringify(entry)).not.toContain('love');
  });

  test('what profile refuses is refused, and 503 while it is away', async () => {
    neighbours.refusals.set('searchProfiles', 'request.invalid');
    expect((await search({ name: 'ad*' })).status).toBe(422);
    neighbours.refusals.set('searchProfiles', 'service.unavailable');
    expect((await search({ dateOfBirth: '1815-12-10' })).status).toBe(503);
  });

  test('200: who stands there, the latest first, page after page', async () => {
    const ids: string[] = [];
    for (let count = 0; count < 3; count += 1) ids.push(await knownUser(app, neighbours));
    await app.database.query(`update admin.users set status = 'suspended' where user_id = any($1)`, [ids]);
    const { token } = staffOf(app, 'support');
    const first = (await search({ status: 'suspended', limit: 2 }, token)).body;
    const rest = (await search({ status: 'suspended', cursor: first.nextCursor }, token)).body;
    expect([...first.items, ...rest.items].map(({ userId }) => userId)).toEqual(ids.toReversed());
    expect(rest.nextCursor).toBeNull();
    expect((await search({ status: 'locked', cursor: first.nextCursor }, token)).status).toBe(422);
    expect((await search({ status: 'suspended', cursor: first.nextCursor })).status).toBe(422);
  });

  test('200 while auth is away, without the flags; 503 where only auth could know', async () => {
    const userId = await knownUser(app, neighbours);
    neighbours.refusals.set('batchGetUsers', 'service.unavailable').set('lookupUser', 'service.unavailable');
    expect((await search({ userId })).body.items).toMatchObject([{ userId, status: 'active', emailVerified: null }]);
    expect(await search({ email: 'ada@example.com' })).toMatchObject({ status: 503 });
  });

  test('SR-86, SR-85: the search is recorded, and the address is not', async () => {
    const userId = await knownUser(app, neighbours, { email: 'grace@example.com' });
    const staff = staffOf(app, 'support');
    await search({ email: 'grace@example.com' }, staff.token);
    expect(await toldOf(app, userId, 'audit')).toMatchObject([
      { data: { action: 'admin.users.searched', actor: { id: staff.userId }, details: { by: 'email', found: 1 } } },
    ]);
    await search({ status: 'erased' }, staff.token);
    expect(await toldOf(app, staff.userId, 'audit')).toMatchObject([{ data: { details: { by: 'status', found: 0 } } }]);
    const rows = await app.database.query('select 1 from admin.outbox where data::text like $1', ['%grace@example%']);
    expect(rows).toEqual([]);
  });

  test.each([
    ['nothing', {}, '', 'one_criterion'],
    ['two things', { userId: uuidv7(), status: 'active' }, '', 'one_criterion'],
    ['a name and an address', { name: 'ada', email: 'ada@example.com' }, '', 'one_criterion'],
    ['no date', { dateOfBirth: '10.12.1815' }, 'dateOfBirth', 'iso_date'],
    ['a day that is none', { dateOfBirth: '2024-02-30' }, 'dateOfBirth', 'calendar_date'],
    ['no address', { email: 'ada' }, 'email', 'email'],
    ['a state that is none', { status: 'pending' }, 'status', 'picklist'],
    ['too many', { status: 'active', limit: 101 }, 'limit', 'max_value'],
    ['SR-66: a column', { status: 'active', rolesVersion: 1 }, 'rolesVersion', 'unknown_field'],
  ])('422: %s', async (_, body, path, rule) => {
    expect(await search(body)).toMatchObject({ status: 422, body: { errors: [{ path, rule }] } });
  });

  test('SR-83, 422: no address in the query', async () => {
    const { token } = staffOf(app, 'support');
    const path = '/v1/admin/users/search?email=ada%40example.com';
    expect((await request(app.service, 'POST', path, { token, body: { status: 'active' } })).status).toBe(422);
  });

  test.each<[string, Role, object, number]>([
    ['SR-65, 403: not a customer', 'customer', {}, 403],
    ['SR-72, 403: not at aal1', 'admin', { acr: 'aal1' }, 403],
    ['SR-56, 401: not for the audience of customers', 'admin', { audience: 'user-service' }, 401],
  ])('%s', async (_, role, changes, status) => {
    expect((await search({ status: 'active' }, staffOf(app, role, changes).token)).status).toBe(status);
  });
});
