import { type UserId, uuidv7 } from '@bank/domain';
import { UserStatus } from '@bank/proto/user';
import { losers, raceOf, winners } from '@bank/testing';
import { describe, expect, it } from 'vitest';
import { type Account, refresh, register, signIn } from './support/accounts.ts';
import { type Colleague, colleague, signedRequest, staffClients, untilRefused } from './support/colleagues.ts';
import { type Answer, post } from './support/http.ts';
import { totpFactor } from './support/neighbours.ts';
import { sharedAuth } from './support/shared-auth.ts';

// More contestants than the pool has connections.
const auth = await sharedAuth();
const clients = await staffClients(auth);
const { users } = clients;
const rounds = 20;
const noteId = uuidv7();
// 429: guessing at a locked account counts as guessing at any other.
const refused = [401, 403, 429];

async function count(sql: string, params: readonly unknown[]): Promise<number> {
  const [row] = await auth.database.query<{ count: string }>(sql, params);
  return Number(row?.count);
}

function lock(by: Colleague, userId: string) {
  return users.setUserStatus({ userId, status: UserStatus.LOCKED, noteId, approval: '' }, by.asked);
}

/** One locks while all others try to get tokens; whatever they got is worth nothing afterwards. */
async function lockAgainst(account: Account, support: Colleague, attempt: () => Promise<Answer>): Promise<Answer[]> {
  const outcomes = await raceOf<Answer | undefined>(9, async (number) => {
    if (number !== 4) return await attempt();
    await lock(support, account.id);
    return undefined;
  });
  expect(losers(outcomes)).toEqual([]);
  const answers = winners(outcomes).filter((answer) => answer !== undefined);
  expect(answers.map(({ status }) => status).filter((status) => status !== 200 && !refused.includes(status))).toEqual(
    [],
  );
  const live = 'select count(*) from auth.sessions where user_id = $1 and revoked_at is null';
  expect(await count(live, [account.id])).toBe(0);
  for (const { body, status } of answers) {
    if (status !== 200) continue;
    await untilRefused(auth, body.accessToken);
    expect((await refresh(auth, body.refreshToken, account.device.secret)).status).toBe(401);
  }
  expect((await attempt()).status).not.toBe(200);
  return answers;
}

async function givenAccount(): Promise<Account> {
  auth.neighbours.factors = [];
  return await register(auth);
}

describe('SR-47, SR-50 after the lock nothing is issued', { timeout: 240_000 }, () => {
  it('by a refresh', async () => {
    const support = await colleague(auth, 'support');
    for (let round = 0; round < rounds; round += 1) {
      const account = await givenAccount();
      await lockAgainst(account, support, () => refresh(auth, account.refreshToken, account.device.secret));
      const tokens = 'select count(*) from auth.refresh_tokens where session_id = $1';
      expect(await count(tokens, [account.sessionId])).toBeLessThanOrEqual(2);
    }
  });

  it('by a sign-in', async () => {
    const support = await colleague(auth, 'support');
    for (let round = 0; round < rounds; round += 1) {
      const account = await givenAccount();
      await lockAgainst(account, support, () => signIn(auth, account));
    }
  });

  it('by the second half of a sign-in', async () => {
    const support = await colleague(auth, 'support');
    for (let round = 0; round < rounds; round += 1) {
      const account = await givenAccount();
      auth.neighbours.factors = [totpFactor];
      const { loginId } = (await signIn(auth, account)).body;
      const proof = { loginId, challengeId: uuidv7(), response: { code: '123456' } };
      await lockAgainst(account, support, () => post(auth, '/v1/auth/login/verify', proof));
    }
  });

  it('by a step-up', async () => {
    const support = await colleague(auth, 'support');
    for (let round = 0; round < rounds; round += 1) {
      const account = await givenAccount();
      const proof = { challengeId: uuidv7(), response: { code: '123456' } };
      const token = account.accessToken;
      await lockAgainst(account, support, () => post(auth, '/v1/auth/step-up/verify', proof, { token }));
    }
  });
});

describe('SR-71 one approval', { timeout: 240_000 }, () => {
  it('has one effect, however many of two checkers execute it at once', async () => {
    const [maker, one, other] = [
      await colleague(auth, 'admin'),
      await colleague(auth, 'admin'),
      await colleague(auth, 'admin'),
    ];
    for (let round = 0; round < rounds; round += 1) {
      const account = await givenAccount();
      const payload = { userId: account.id as UserId, roles: ['support' as const] };
      const approval = await signedRequest(clients, maker, 'user.set_roles', payload);
      const outcomes = await raceOf(16, (number) =>
        users.setRoles({ ...payload, noteId, approval }, (number % 2 === 0 ? one : other).asked),
      );
      expect(winners(outcomes)).toHaveLength(8);
      expect(losers(outcomes)).toEqual(Array(8).fill(expect.objectContaining({ code: 'approval.already_decided' })));
      const told = `select count(*) from auth.outbox where subject = $1 and type = 'user.roles_changed.v1'`;
      const entries = `select count(*) from auth.outbox where subject = $1 and data->>'action' = 'user.roles_changed'`;
      expect([await count(told, [account.id]), await count(entries, [account.id])]).toEqual([1, 1]);
      expect(await count('select version as count from auth.users where id = $1', [account.id])).toBe(2);
    }
  });
});

describe('SR-72 somebody is always left', { timeout: 240_000 }, () => {
  it('of two administrators who lock each other at once', async () => {
    for (let round = 0; round < rounds; round += 1) {
      const pair = [await colleague(auth, 'admin'), await colleague(auth, 'admin')] as const;
      const outcomes = await raceOf(2, (number) =>
        number === 0 ? lock(pair[0], pair[1].id) : lock(pair[1], pair[0].id),
      );
      expect(winners(outcomes)).toHaveLength(1);
      const active = `select count(*) from auth.users where id = any ($1) and status = 'active'`;
      expect(await count(active, [pair.map(({ id }) => id)])).toBe(1);
    }
  });

  it('of two checkers who demote each other at once', async () => {
    const maker = await colleague(auth, 'admin');
    for (let round = 0; round < rounds; round += 1) {
      const pair = [await colleague(auth, 'admin'), await colleague(auth, 'admin')] as const;
      const demotions = await Promise.all(
        pair.map(async ({ id }) => {
          const payload = { userId: id as UserId, roles: ['support' as const] };
          return { ...payload, noteId, approval: await signedRequest(clients, maker, 'user.set_roles', payload) };
        }),
      );
      const outcomes = await raceOf(2, (number) =>
        users.setRoles(demotions[number] ?? {}, (number === 0 ? pair[1] : pair[0]).asked),
      );
      expect(winners(outcomes)).toHaveLength(1);
      const admins = `select count(*) from auth.users where id = any ($1) and 'admin' = any (roles)`;
      expect(await count(admins, [pair.map(({ id }) => id)])).toBe(1);
    }
  });
});
