import { uuidv7 } from '@bank/domain';
import { UserStatus } from '@bank/proto/user';
import { losers, raceOf, winners } from '@bank/testing';
import { describe, expect, it } from 'vitest';
import { register } from './support/accounts.ts';
import { startAuth } from './support/auth.ts';
import { type Colleague, colleague, signedRequest, staffCallers, staffClients } from './support/colleagues.ts';

const auth = await startAuth({ callers: staffCallers(), env: { DATABASE_POOL_MAX: '4' } });
const clients = await staffClients(auth);
const { users } = clients;
const noteId = uuidv7();
const rounds = 20;
/** More than there are connections: none waits for another that it holds itself. */
const racers = 8;
const { ACTIVE, LOCKED, SUSPENDED, CLOSED } = UserStatus;
const stale = { code: 'approval.stale' };

type Action = 'user.suspend' | 'user.reinstate' | 'user.close';

const ask = (maker: Colleague, action: Action, userId: string) =>
  signedRequest(clients, maker, action, { userId: userId as never });

async function set(by: Colleague, userId: string, status: UserStatus, approval = '') {
  return (await users.setUserStatus({ userId, status, noteId, approval }, by.asked)).user?.status;
}

async function statusOf(userId: string) {
  const [row] = await auth.database.query<{ status: string }>('select status from auth.users where id = $1', [userId]);
  return row?.status;
}

describe('SR-71 what was asked for before things changed', () => {
  it('lifts no suspension that two people decided on since', async () => {
    const [account, maker, checker] = [
      await register(auth),
      await colleague(auth, 'compliance'),
      await colleague(auth, 'compliance'),
    ];
    await set(checker, account.id, SUSPENDED, await ask(maker, 'user.suspend', account.id));
    const [first, second] = [
      await ask(maker, 'user.reinstate', account.id),
      await ask(maker, 'user.reinstate', account.id),
    ];
    await set(checker, account.id, ACTIVE, first);
    await set(checker, account.id, SUSPENDED, await ask(maker, 'user.suspend', account.id));
    await expect(set(checker, account.id, ACTIVE, second)).rejects.toMatchObject(stale);
    expect(await statusOf(account.id)).toBe('suspended');
    expect(await set(checker, account.id, ACTIVE, await ask(maker, 'user.reinstate', account.id))).toBe(ACTIVE);
  });

  it('closes nobody who was locked and let go since, whoever did that', async () => {
    const [account, maker, checker] = [
      await register(auth),
      await colleague(auth, 'compliance'),
      await colleague(auth, 'compliance'),
    ];
    const approval = await ask(maker, 'user.close', account.id);
    await set(maker, account.id, LOCKED);
    await set(maker, account.id, ACTIVE);
    await expect(set(checker, account.id, CLOSED, approval)).rejects.toMatchObject(stale);
    expect(await statusOf(account.id)).toBe('active');
  });

  it('gives back no roles that were taken away since; a change of status is none of roles', async () => {
    const [account, maker, checker] = [
      await register(auth),
      await colleague(auth, 'admin'),
      await colleague(auth, 'admin'),
    ];
    const askRoles = async (role: 'support' | 'compliance' | 'customer') => {
      const payload = { userId: account.id as never, roles: [role] };
      return { ...payload, noteId, approval: await signedRequest(clients, maker, 'user.set_roles', payload) };
    };
    const [promotion, again] = [await askRoles('support'), await askRoles('support')];
    await set(maker, account.id, LOCKED);
    await users.setRoles(promotion, checker.asked);
    await users.setRoles(await askRoles('customer'), checker.asked);
    await expect(users.setRoles(again, checker.asked)).rejects.toMatchObject(stale);
    const [row] = await auth.database.query('select roles from auth.users where id = $1', [account.id]);
    expect(row).toEqual({ roles: ['customer'] });
  });
});

describe('SR-71, SR-73 of several that were asked for', { timeout: 240_000 }, () => {
  it(`one is carried out when all are approved at once, ${rounds} times`, async () => {
    const [maker, checker] = [await colleague(auth, 'compliance'), await colleague(auth, 'compliance')];
    for (let round = 0; round < rounds; round += 1) {
      const account = await register(auth);
      const asking = Array.from({ length: racers }, () => ask(maker, 'user.suspend', account.id));
      const approvals = await Promise.all(asking);
      const race = await raceOf(racers, (number) => set(checker, account.id, SUSPENDED, approvals[number]));
      expect(winners(race)).toEqual([SUSPENDED]);
      expect(losers(race)).toEqual(Array(racers - 1).fill(expect.objectContaining(stale)));
    }
  });
});
