import { type Role, uuidv7 } from '@bank/domain';
import { describe, expect, test } from 'vitest';
import { adminApp, knownUser, type Staff, staffOf, toldOf } from './admin-app.ts';
import { type Answer, approvalsOf, reason } from './approvals-under-test.ts';
import { startNeighbours } from './neighbours.ts';

const neighbours = await startNeighbours();
const app = adminApp(neighbours);
const { ask, decide, rowOf, send } = approvalsOf(app);

const missing = { status: 404, body: { code: 'approval.not_found' } };

/** Every way to an approval, as one member of staff finds it. */
const ways: readonly [string, (id: string, staff: Staff) => Promise<Answer>][] = [
  ['read', (id, staff) => send('GET', `/approvals/${id}`, staff)],
  ['approve', (id, staff) => decide(id, 'approve', staff)],
  ['reject', (id, staff) => decide(id, 'reject', staff)],
];

async function listed(staff: Staff, query = ''): Promise<{ ids: string[]; nextCursor: string | null }> {
  const { body } = await send('GET', `/approvals${query}`, staff);
  const { items, nextCursor } = body as unknown as { items: { id: string }[]; nextCursor: string | null };
  return { ids: items.map(({ id }) => id), nextCursor };
}

/** A member of staff whom the projection knows as well. */
async function colleague(role: Role): Promise<Staff> {
  const staff = staffOf(app, role);
  await knownUser(app, neighbours, { userId: staff.userId, roles: [role] });
  return staff;
}

/** A decision on a KYC case of this user, asked for by a colleague of theirs. */
async function caseOf(userId: string): Promise<string> {
  const [caseId, maker] = [uuidv7(), staffOf(app, 'compliance', { roles: ['compliance', 'admin'] })];
  neighbours.kycCases.set(caseId, { userId, status: 'in_review', reviewerId: maker.userId });
  const { body } = await send('POST', `/kyc/cases/${caseId}/approve`, maker, { reason });
  return String(body['approvalId']);
}

/** Asks an administrator for something about this user. */
async function asked(userId: string, method: string, what: string, more: object = {}): Promise<string> {
  const { body } = await send(method, `/users/${userId}/${what}`, staffOf(app, 'admin'), { reason, ...more });
  return String(body['approvalId']);
}

describe('SR-71, SR-72: an approval and whom it is about', () => {
  test.each<[string, Role, (userId: string) => Promise<string>]>([
    ['suspend', 'admin', (userId) => asked(userId, 'POST', 'suspend')],
    ['close', 'admin', (userId) => asked(userId, 'POST', 'close')],
    ['reset-mfa', 'admin', (userId) => asked(userId, 'POST', 'reset-mfa')],
    ['roles', 'admin', (userId) => asked(userId, 'PUT', 'roles', { roles: ['support'] })],
    ['suspend', 'compliance', (userId) => asked(userId, 'POST', 'suspend')],
    ['KYC case', 'compliance', caseOf],
  ])('%s of a colleague (%s): hidden from them, who can neither read, approve nor reject it', async (_, role, open) => {
    const target = await colleague(role);
    const id = await open(target.userId);
    neighbours.calls.length = 0;
    expect((await listed(target)).ids).not.toContain(id);
    for (const [name, way] of ways) expect([name, await way(id, target)]).toMatchObject([name, missing]);
    expect(await rowOf(id)).toMatchObject({ status: 'pending', checker_id: null });
    expect(neighbours.calls).toEqual([]);
    const told = await toldOf(app, target.userId, 'audit');
    expect(told.map(({ data }) => data['action'])).not.toContain('admin.approval.read');
    expect(await toldOf(app, target.userId, 'events')).toEqual([]);
  });

  test('another colleague sees why, and decides', async () => {
    const [target, checker] = [await colleague('admin'), await colleague('admin')];
    const id = await ask(target.userId);
    expect((await listed(checker)).ids).toContain(id);
    expect((await send('GET', `/approvals/${id}`, checker)).body).toMatchObject({ reason });
    expect((await decide(id, 'approve', checker)).status).toBe(204);
  });

  test('stays hidden once it is decided', async () => {
    const target = await colleague('admin');
    const id = await ask(target.userId);
    await decide(id, 'reject');
    expect((await listed(target, '?status=rejected')).ids).not.toContain(id);
    expect(await send('GET', `/approvals/${id}`, target)).toMatchObject(missing);
  });

  test('pages of the list are as long as asked for, and leave nothing else out', async () => {
    const reader = await colleague('admin');
    const others: string[] = [];
    for (let count = 0; count < 3; count += 1) {
      others.unshift(await ask(await knownUser(app, neighbours)));
      await asked(reader.userId, 'POST', count === 0 ? 'suspend' : 'close');
    }
    const first = await listed(reader, '?limit=2');
    const second = await listed(reader, `?limit=1&cursor=${first.nextCursor}`);
    expect([...first.ids, ...second.ids]).toEqual(others);
  });
});

describe('SR-71, SR-72: an approval about who does not stand below the reader', () => {
  test.each<Role>(['compliance', 'admin'])('%s: hidden from compliance', async (role) => {
    const [target, reader] = [await colleague(role), await colleague('compliance')];
    const id = await ask(target.userId);
    neighbours.calls.length = 0;
    expect((await listed(reader)).ids).not.toContain(id);
    for (const [name, way] of ways) expect([name, await way(id, reader)]).toMatchObject([name, missing]);
    expect(await rowOf(id)).toMatchObject({ status: 'pending', checker_id: null });
    expect(neighbours.calls).toEqual([]);
  });

  test('who asked for it and who decided it see it, though the user has risen since', async () => {
    const [userId, maker, checker] = [await knownUser(app, neighbours), staffOf(app, 'admin'), staffOf(app, 'admin')];
    const id = await ask(userId, maker);
    await decide(id, 'reject', checker);
    await app.database.query("update admin.users set roles = '{admin}' where user_id = $1", [userId]);
    for (const { userId: staffId } of [maker, checker]) {
      const lowered = staffOf(app, 'compliance', { userId: staffId });
      expect((await listed(lowered)).ids).toContain(id);
      expect((await send('GET', `/approvals/${id}`, lowered)).body).toMatchObject({ reason });
    }
  });

  test('auth is asked of a user whose roles the projection has not heard, and must answer', async () => {
    const [userId, reader] = [await knownUser(app, neighbours, { roles: ['admin'] }), await colleague('compliance')];
    const id = await ask(userId);
    await app.database.query("update admin.users set roles = '{}', roles_version = 0 where user_id = $1", [userId]);
    for (const [name, way] of ways) expect([name, await way(id, reader)]).toMatchObject([name, missing]);
    neighbours.refusals.set('getUser', 'service.unavailable');
    for (const [name, way] of ways) expect([name, (await way(id, reader)).status]).toEqual([name, 503]);
    expect(await rowOf(id)).toMatchObject({ status: 'pending', checker_id: null });
  });

  test('a user who is nobody any more keeps nobody from ending it', async () => {
    const userId = await knownUser(app, neighbours);
    const id = await ask(userId);
    await app.database.query('delete from admin.users where user_id = $1', [userId]);
    neighbours.refusals.set('getUser', 'user.not_found');
    expect((await decide(id, 'reject', await colleague('compliance'))).status).toBe(204);
  });
});
