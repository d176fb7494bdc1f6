import { type Role, type UserId, uuidv7 } from '@bank/domain';
import { describe, expect, it } from 'vitest';
import { messagesTo, refresh, register } from './support/accounts.ts';
import { startAuth } from './support/auth.ts';
import {
  auditsOf,
  type Colleague,
  colleague,
  signedIn,
  signedRequest,
  staffCallers,
  staffClients,
  untilRefused,
} from './support/colleagues.ts';
import { claimsOf } from './support/staff.ts';

const auth = await startAuth({ callers: staffCallers() });
const clients = await staffClients(auth);
const { users } = clients;
const noteId = uuidv7();

function ask(maker: Colleague, userId: string, roles: readonly Role[]): Promise<string> {
  return signedRequest(clients, maker, 'user.set_roles', { userId: userId as UserId, roles: roles.toSorted() });
}

async function set(checker: Colleague, userId: string, roles: readonly Role[], approval: string) {
  const { user } = await users.setRoles({ userId, roles: [...roles], noteId, approval }, checker.asked);
  return user;
}

const admins = async (): Promise<[Colleague, Colleague]> => [
  await colleague(auth, 'admin'),
  await colleague(auth, 'admin'),
];

describe('SetRoles', () => {
  it('SR-71 gives roles by two administrators, in any order of their names', async () => {
    const [account, [maker, checker]] = [await register(auth), await admins()];
    const roles = ['support', 'compliance'] as const;
    const approval = await ask(maker, account.id, roles);
    expect(await set(checker, account.id, roles, approval)).toMatchObject({
      roles: ['compliance', 'support'],
      version: 2n,
    });
    const [entry] = await auditsOf(auth, account.id, 'user.roles_changed');
    expect(entry).toMatchObject({
      actor: { id: checker.id },
      details: { noteId, makerId: maker.id, from: 'customer', to: 'compliance support' },
    });
    const [event] = await auth.database.query<{ data: object }>(
      `select data from auth.outbox where subject = $1 and type = 'user.roles_changed.v1'`,
      [account.id],
    );
    expect(event?.data).toMatchObject({ from: ['customer'], to: ['compliance', 'support'], version: '2' });
    expect((await messagesTo(auth, account.id)).map(({ template }) => template)).toContain('roles-changed');
  });

  it('SR-47, SR-70 a demotion is felt at once', async () => {
    const [fallen, [maker, checker]] = [await colleague(auth, 'compliance'), await admins()];
    const customer = await register(auth);
    await set(checker, fallen.id, ['support'], await ask(maker, fallen.id, ['support']));
    expect(await untilRefused(auth, fallen.accessToken)).toBeLessThan(1000);
    await expect(users.viewUser({ userId: customer.id, unmask: [], noteId: '' }, fallen.asked)).rejects.toMatchObject({
      code: 'auth.token.invalid',
    });
    const again = await signedIn(auth, fallen);
    expect(claimsOf(again.accessToken).roles).toEqual(['support']);
  });

  it('SR-47 ends the sessions of a customer who becomes staff', async () => {
    const [account, [maker, checker]] = [await register(auth), await admins()];
    await set(checker, account.id, ['support'], await ask(maker, account.id, ['support']));
    expect((await refresh(auth, account.refreshToken, account.device.secret)).status).toBe(401);
  });

  it('SR-71 succeeds again for the same checker without effect, and for nobody else', async () => {
    const [account, [maker, checker]] = [await register(auth), await admins()];
    const approval = await ask(maker, account.id, ['support']);
    await set(checker, account.id, ['support'], approval);
    expect(await set(checker, account.id, ['support'], approval)).toMatchObject({ roles: ['support'], version: 2n });
    const third = await colleague(auth, 'admin');
    await expect(set(third, account.id, ['support'], approval)).rejects.toMatchObject({
      code: 'approval.already_decided',
    });
    expect(await auditsOf(auth, account.id, 'user.roles_changed')).toHaveLength(1);
  });

  it('SR-71 does not bring back what has been changed since', async () => {
    const [account, [maker, checker]] = [await register(auth), await admins()];
    const promotion = await ask(maker, account.id, ['compliance']);
    await set(checker, account.id, ['compliance'], promotion);
    await set(checker, account.id, ['support'], await ask(maker, account.id, ['support']));
    expect(await set(checker, account.id, ['compliance'], promotion)).toMatchObject({ roles: ['support'] });
  });

  it('tells the ledger alone where the roles are those already', async () => {
    const [account, [maker, checker]] = [await register(auth), await admins()];
    const kept = await set(checker, account.id, ['customer'], await ask(maker, account.id, ['customer']));
    expect(kept).toMatchObject({ version: 1n });
    expect(await auditsOf(auth, account.id, 'user.roles_changed')).toMatchObject([{ reason: 'already' }]);
    expect((await refresh(auth, account.refreshToken, account.device.secret)).status).toBe(200);
  });
});

describe('SetRoles refuses', () => {
  it('SR-63, SR-71 other roles or another person than were approved', async () => {
    const [account, other, [maker, checker]] = [await register(auth), await register(auth), await admins()];
    const approval = await ask(maker, account.id, ['support']);
    const refusal = { code: 'approval.invalid' };
    await expect(set(checker, account.id, ['admin'], approval)).rejects.toMatchObject(refusal);
    await expect(set(checker, account.id, ['support', 'admin'], approval)).rejects.toMatchObject(refusal);
    await expect(set(checker, other.id, ['support'], approval)).rejects.toMatchObject(refusal);
    await expect(set(checker, account.id, ['support'], `${approval}x`)).rejects.toMatchObject(refusal);
    await expect(set(checker, account.id, ['support'], maker.accessToken)).rejects.toMatchObject(refusal);
  });

  it('SR-71 its own maker, and an approval that is a day old', async () => {
    const [account, [maker, checker]] = [await register(auth), await admins()];
    const approval = await ask(maker, account.id, ['support']);
    await expect(set(maker, account.id, ['support'], approval)).rejects.toMatchObject({ code: 'approval.own' });
    auth.clock.advance(86_400_000);
    const late = await signedIn(auth, checker);
    await expect(set(late, account.id, ['support'], approval)).rejects.toMatchObject({ code: 'approval.expired' });
  });

  it('SR-70 a maker who has been demoted or locked meanwhile', async () => {
    for (const change of [`roles = '{compliance}'`, `status = 'locked'`]) {
      const [account, [maker, checker]] = [await register(auth), await admins()];
      const approval = await ask(maker, account.id, ['support']);
      await auth.database.query(`update auth.users set ${change} where id = $1`, [maker.id]);
      await expect(set(checker, account.id, ['support'], approval)).rejects.toMatchObject({
        code: 'approval.invalid',
      });
    }
  });

  it('SR-72 to raise or lower one of the two', async () => {
    const [maker, checker] = await admins();
    for (const { id } of [maker, checker]) {
      const approval = await ask(maker, id, ['admin', 'compliance']);
      await expect(set(checker, id, ['admin', 'compliance'], approval)).rejects.toMatchObject({
        code: 'access.forbidden',
      });
    }
  });

  it('SR-65 who may not give roles', async () => {
    const [account, [maker]] = [await register(auth), await admins()];
    const approval = await ask(maker, account.id, ['support']);
    for (const role of ['support', 'compliance'] as const) {
      const other = await colleague(auth, role);
      await expect(set(other, account.id, ['support'], approval)).rejects.toMatchObject({ code: 'access.forbidden' });
    }
  });

  it.each([
    ['no role', { roles: [] }],
    ['a role nobody knows', { roles: ['owner'] }],
    ['a role twice', { roles: ['support', 'support'] }],
    ['no approval', { approval: '' }],
    ['no note', { noteId: 'x' }],
  ])('%s', async (_, changes) => {
    const admin = await colleague(auth, 'admin');
    const request = { userId: uuidv7(), roles: ['support'], noteId, approval: 'x', ...changes };
    await expect(users.setRoles(request, admin.asked)).rejects.toMatchObject({ code: 'request.invalid' });
  });
});
