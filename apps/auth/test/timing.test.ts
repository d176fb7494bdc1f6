import { median, pairsByLot, telltaleGap, until } from '@bank/testing';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { PasskeyVerdict } from '#adapters/factors/passkeys.ts';
import { type Account, freshEmail, password, register, registration, signIn } from './support/accounts.ts';
import { startAuth } from './support/auth.ts';
import { changeEmail } from './support/emails.ts';
import { post } from './support/http.ts';
import { freshPhone } from './support/messages.ts';
import { passkeyOf, passkeySignIn } from './support/passkeys.ts';
import { forgot } from './support/passwords.ts';
import { accountWithPhone, steppedUpAccount } from './support/phones.ts';
import { startRecovery } from './support/recoveries.ts';

// Production's costs of hashing: what would give the difference away is a hash that does not run.
const auth = await startAuth({ realHashing: true });
// `pnpm verify:full` takes 200, one file at a time: minutes that the run of every change does not have.
const samples = Number(process.env['TEST_SAMPLES'] ?? 40);
const gapMaxMs = 5;
const timeout = 300_000;
let owner: Account;

beforeAll(async () => {
  owner = await register(auth);
});

afterEach(() => {
  auth.neighbours.verdict = 'allow';
});

interface Cost {
  readonly wallMs: number;
  readonly processorMs: number;
}

/** What one request costs: its wait, and the processor time of this process, hashing threads included. */
async function costOf(work: () => Promise<unknown>): Promise<Cost> {
  const startedAt = performance.now();
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return { wallMs: performance.now() - startedAt, processorMs: (user + system) / 1000 };
}

/** Two kinds of request, taken in pairs, differ neither in work nor in waiting. `before` is done before each. */
async function expectAlike(
  one: () => Promise<unknown>,
  other: () => Promise<unknown>,
  before: () => Promise<unknown> = async () => undefined,
): Promise<void> {
  const cost = (work: () => Promise<unknown>) => async () => {
    await before();
    return await costOf(work);
  };
  const pairs = await pairsByLot(samples, cost(one), cost(other));
  // Nobody outside sees what becomes of a request afterwards, as a message that is sent: only a hash too few would be too much.
  const usualMs = median(pairs.map(([a]) => a.processorMs));
  const processorGap = telltaleGap(pairs.map(([a, b]) => a.processorMs - b.processorMs));
  expect(processorGap).toBeLessThanOrEqual(Math.max(gapMaxMs, usualMs / 4));
  expect(telltaleGap(pairs.map(([a, b]) => a.wallMs - b.wallMs))).toBeLessThanOrEqual(gapMaxMs);
}

/** Not all at once: the last one's mail would be too late. */
async function many<T>(count: number, make: () => Promise<T>): Promise<readonly T[]> {
  const made: T[] = [];
  while (made.length < count) {
    const next = Math.min(20, count - made.length);
    made.push(...(await Promise.all(Array.from({ length: next }, make))));
  }
  return made;
}

describe('SR-15 the time of an answer', () => {
  it('says nothing of a taken address, at registration', { timeout }, async () => {
    const free = () => post(auth, '/v1/auth/register', registration(freshEmail()));
    const taken = () => post(auth, '/v1/auth/register', registration(owner.email));
    await expectAlike(free, taken);
  });

  it('says nothing of a registration under way, at another one', { timeout }, async () => {
    const pending = freshEmail();
    await post(auth, '/v1/auth/register', registration(pending));
    const free = () => post(auth, '/v1/auth/register', registration(freshEmail()));
    await expectAlike(free, () => post(auth, '/v1/auth/register', registration(pending)));
  });

  it('says nothing of a registration, at resend', { timeout }, async () => {
    const { body: mine } = await post(auth, '/v1/auth/register', registration(freshEmail()));
    const { body: taken } = await post(auth, '/v1/auth/register', registration(owner.email));
    const resend = (registrationId: string) => () => post(auth, '/v1/auth/register/resend', { registrationId });
    await expectAlike(resend(mine.registrationId), resend(taken.registrationId));
    await expectAlike(resend(mine.registrationId), resend('01980000-0000-7000-8000-000000000001'));
  });

  it('says nothing of a user, at asking for another password', { timeout }, async () => {
    const accounts = await many(samples / 4, () => register(auth));
    let next = 0;
    // Four times each: after the fifth nothing is written.
    const known = () => forgot(auth, accounts[Math.floor(next++ / 4)]?.email ?? '');
    await expectAlike(known, () => forgot(auth, freshEmail()));
  });

  it('says nothing of a user, at asking for a recovery', { timeout }, async () => {
    const accounts = await many(samples / 4, () => register(auth));
    let next = 0;
    // Four times each, as above.
    const known = () => startRecovery(auth, accounts[Math.floor(next++ / 4)]?.email ?? '');
    await expectAlike(known, () => startRecovery(auth, freshEmail()));
  });

  it("says nothing of a taken address, at changing one's own", { timeout }, async () => {
    const accounts = await many(samples, () => steppedUpAccount(auth));
    const change = (email: () => string) => {
      let next = 0;
      return () => changeEmail(auth, accounts[next++]?.accessToken ?? '', email());
    };
    await expectAlike(
      change(() => owner.email),
      change(() => freshEmail()),
    );
  });
});

describe('SR-15, SR-16 the time of a refused sign-in', () => {
  const wrong = 'not the right one';
  const login =
    (identifier: string, chosen = wrong) =>
    async () =>
      expect((await post(auth, '/v1/auth/login', { identifier, password: chosen })).status).toBe(401);
  // The fifth try would lock.
  const unlocked = () => auth.database.query('delete from auth.lockouts');

  it('says nothing of a user, by an address', { timeout }, async () => {
    await expectAlike(login(owner.email), () => login(freshEmail())(), unlocked);
  });

  it('says nothing of a user, by a number', { timeout }, async () => {
    const { phone } = await accountWithPhone(auth);
    await expectAlike(login(phone), () => login(freshPhone())(), unlocked);
  });

  it('says nothing of the password, where device denies', { timeout }, async () => {
    auth.neighbours.verdict = 'deny';
    await expectAlike(login(owner.email), login(owner.email, password), unlocked);
  });

  it('says nothing of the password, where the user is stopped', { timeout }, async () => {
    const stopped = await register(auth);
    await auth.database.query(`update auth.users set status = 'suspended' where id = $1`, [stopped.id]);
    await expectAlike(login(stopped.email), login(stopped.email, password), unlocked);
  });
});

describe('SR-15, SR-16 the time of a refused passkey', () => {
  it('says nothing of a user who is stopped', { timeout }, async () => {
    const stopped = await register(auth);
    await auth.database.query(`update auth.users set status = 'suspended' where id = $1`, [stopped.id]);
    const answerAs = (passkey: PasskeyVerdict) => async () => {
      auth.neighbours.passkey = passkey;
      expect((await passkeySignIn(auth)).status).toBe(401);
    };
    await expectAlike(answerAs({ kind: 'wrong' }), answerAs(passkeyOf(stopped)));
  });
});

describe('SR-15 the time of a refusal while the pool is locked', () => {
  it.each([
    ['told of', 'update auth.lockouts set refusal_told_at = null'],
    ['one of many', 'update auth.lockouts set refusal_told_at = locked_until'],
  ])('says nothing of a user: %s', { timeout }, async (_, before) => {
    const [account, nobody] = [await register(auth), { email: freshEmail() }];
    for (const one of [account, nobody]) {
      for (let tries = 0; tries < 5; tries += 1) await signIn(auth, one, { password: 'not the right one' });
    }
    const refused = (one: { email: string }) => async () => expect((await signIn(auth, one)).status).toBe(429);
    await expectAlike(refused(account), refused(nobody), () => auth.database.query(before));
  });
});

describe('SR-8 a stored password', () => {
  it('is hashed by Argon2id at the costs that are asked for, with a key id', async () => {
    const [row] = await auth.database.query<{ password_hash: string }>(
      'select password_hash from auth.credentials where user_id = $1',
      [owner.id],
    );
    expect(row?.password_hash).toMatch(/^k1:\$argon2id\$v=19\$m=19456,t=2,p=1\$[A-Za-z0-9+/]{22}\$[A-Za-z0-9+/]{43}$/);
    expect(row?.password_hash).not.toContain(password);
  });
});

describe('SR-9 sign-ins that come all at once', () => {
  it('are turned away before the queue is long, while health still answers', { timeout: 120_000 }, async () => {
    const storm = Array.from({ length: 300 }, () => signIn(auth, { email: freshEmail() }));
    const { wallMs: healthMs } = await costOf(() => fetch(`${auth.url}/health/live`));
    const statuses = new Set((await Promise.all(storm)).map(({ status }) => status));
    expect(statuses).toEqual(new Set([401, 503]));
    expect(healthMs).toBeLessThan(1000);
  });

  it('do not lock out whom they turn away', { timeout: 120_000 }, async () => {
    const { hasher } = auth.ctx;
    const fill = () => {
      for (let more = 0; more < 50; more += 1) hasher.hash(password).catch(() => undefined);
    };
    for (let rounds = 0; rounds < 20; rounds += 1) fill();
    const filling = setInterval(fill, 1);
    let turnedAway = 0;
    try {
      // Now and then one slips in, and its success would hide the others.
      for (let tries = 0; turnedAway < 6 && tries < 200; tries += 1) {
        const { status } = await signIn(auth, owner);
        expect([200, 503]).toContain(status);
        turnedAway = status === 503 ? turnedAway + 1 : 0;
      }
    } finally {
      clearInterval(filling);
    }
    expect(turnedAway).toBe(6);
    await until(() => hasher.stats().queued === 0, { deadlineMs: 60_000 });
    expect((await signIn(auth, owner)).status).toBe(200);
  });
});
