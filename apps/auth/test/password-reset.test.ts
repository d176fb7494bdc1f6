import { uuidv7 } from '@bank/domain';
import { raceOf, until, winners } from '@bank/testing';
import { beforeEach, describe, expect, it } from 'vitest';
import { type Account, freshEmail, messagesTo, password, refresh, register, signIn } from './support/accounts.ts';
import { get, post } from './support/http.ts';
import { totpFactor } from './support/neighbours.ts';
import { askForToken, forgot, linksTo, newPassword, reset, resetTokenFor, toldAbout } from './support/passwords.ts';
import { accountWithPhone } from './support/phones.ts';
import { forgedHeaders, postRaw } from './support/raw.ts';
import { sharedAuth } from './support/shared-auth.ts';
import { createStaff } from './support/staff.ts';

const auth = await sharedAuth();

beforeEach(() => {
  auth.neighbours.factors = [];
});

const setStatus = (account: Account, status: string) =>
  auth.database.query('update auth.users set status = $2 where id = $1', [account.id, status]);

/** Wrong passwords, until the pool of unknown devices is locked. */
async function lockOut(account: Account): Promise<void> {
  for (let tries = 0; tries < 5; tries += 1) await signIn(auth, account, { password: 'a wrong guess of it' });
  expect((await signIn(auth, account)).status).toBe(429);
}

describe('POST /v1/auth/password/forgot', () => {
  it('202 sends a link to the page of customers, that lasts an hour', async () => {
    const account = await register(auth);
    const { status, body } = await forgot(auth, account.email.toUpperCase());
    expect([status, body]).toEqual([202, undefined]);
    const [link] = await linksTo(auth, account.id);
    expect(link?.href).toMatch(/^https:\/\/app\.bank\.example\/password\/reset#token=pr_[\w-]{36}\.[\w-]{43}$/);
    const [row] = await auth.database.query<{ seconds: number; row: string }>(
      `select extract(epoch from expires_at)::float8 as seconds, r::text as row from auth.password_resets r where user_id = $1`,
      [account.id],
    );
    const lastsSeconds = (row?.seconds ?? 0) - auth.clock.now().getTime() / 1000;
    expect(lastsSeconds).toBeLessThanOrEqual(3600);
    expect(lastsSeconds).toBeGreaterThan(3540);
    expect(row?.row).not.toContain(link?.hash.slice(-43));
    const told = await toldAbout(auth, account.id);
    expect(told).toContain('auth.password_reset_requested.v1');
    expect(told).toContain('auth.password.reset_requested');
  });

  it('sends staff who are no customers to the page of staff', async () => {
    const account = await createStaff(auth, 'support');
    await forgot(auth, account.email);
    expect((await linksTo(auth, account.id))[0]?.origin).toBe('https://staff.bank.example');
  });

  it('SR-15 202 alike for nobody, and writes to nobody', async () => {
    const account = await register(auth);
    const known = await forgot(auth, account.email);
    const email = freshEmail();
    const unknown = await forgot(auth, email);
    const shape = ({ status, body, headers }: typeof known) => [status, body, [...headers.keys()].sort()];
    expect(shape(unknown)).toEqual(shape(known));
    expect(await messagesTo(auth, email)).toEqual([]);
  });

  it('SR-38 changes nothing and locks nobody, however often it is asked', async () => {
    const account = await register(auth);
    for (let asked = 0; asked < 8; asked += 1) expect((await forgot(auth, account.email)).status).toBe(202);
    expect((await signIn(auth, account)).status).toBe(200);
    expect((await get(auth, '/v1/auth/session', account.accessToken)).status).toBe(200);
  });

  it('SR-18 writes five times an hour at most, and keeps the link that was sent last', async () => {
    const account = await register(auth);
    for (let asked = 0; asked < 8; asked += 1) await forgot(auth, account.email);
    expect(await linksTo(auth, account.id)).toHaveLength(5);
    const told = await toldAbout(auth, account.id);
    expect(told.filter((one) => one === 'auth.password.reset_requested limit')).toHaveLength(1);
    expect((await reset(auth, await resetTokenFor(auth, account.id))).status).toBe(204);
  });

  it('SR-18 counts both addresses of a user as one, and what names nobody like everybody', async () => {
    const account = await accountWithPhone(auth);
    for (let asked = 0; asked < 4; asked += 1) {
      await forgot(auth, account.email);
      await forgot(auth, account.phone);
    }
    expect(await linksTo(auth, account.id)).toHaveLength(5);
    const newest = uuidv7();
    const nobody = freshEmail();
    for (let asked = 0; asked < 9; asked += 1) await forgot(auth, nobody);
    const told = await auth.database.query<{ reason: string }>(
      `select data->>'reason' as reason from auth.outbox
        where id > $1 and data->>'action' = 'auth.password.reset_requested'`,
      [newest],
    );
    expect(told).toEqual(Array.from({ length: 6 }, () => ({ reason: 'nobody' })));
  });

  it.each(['suspended', 'closed', 'erased'])('202 without a message to somebody who is %s', async (status) => {
    const account = await register(auth);
    await setStatus(account, status);
    expect((await forgot(auth, account.email)).status).toBe(202);
    expect(await linksTo(auth, account.id)).toEqual([]);
  });

  it.each([{}, { identifier: 'x' }, { identifier: 'a@b.example', password }])('422 for %j', async (body) => {
    const { status } = await post(auth, '/v1/auth/password/forgot', body);
    expect(status).toBe(422);
  });

  it('SR-37 the link leads where configuration says, whatever a request says of itself', async () => {
    const account = await register(auth);
    for (const path of ['/v1/auth/password/forgot', 'http://evil.example/v1/auth/password/forgot']) {
      await postRaw(auth, { path, headers: forgedHeaders }, { identifier: account.email });
    }
    const links = await linksTo(auth, account.id);
    expect(links.length).toBeGreaterThan(0);
    expect(new Set(links.map(({ origin }) => origin))).toEqual(new Set(['https://app.bank.example']));
  });
});

describe('POST /v1/auth/password/reset', () => {
  it('SR-36 204 another password, once; every session ends and nobody is signed in', async () => {
    const account = await register(auth);
    const other = await signIn(auth, account);
    const token = await askForToken(auth, account);
    const done = await reset(auth, token);
    expect([done.status, done.body, done.headers.getSetCookie()]).toEqual([204, undefined, []]);
    for (const { accessToken, refreshToken } of [account, other.body]) {
      expect((await refresh(auth, refreshToken)).status).toBe(401);
      await until(async () => (await get(auth, '/v1/auth/session', accessToken)).status === 401, { deadlineMs: 1000 });
    }
    expect((await signIn(auth, account)).status).toBe(401);
    expect((await signIn(auth, account, { password: newPassword })).status).toBe(200);
    expect((await reset(auth, token)).body.code).toBe('auth.verification.invalid');
  });

  it('SR-20 tells the user, the house and the ledger', async () => {
    const account = await register(auth);
    await reset(auth, await askForToken(auth, account));
    const notices = (await messagesTo(auth, account.id)).filter(({ template }) => template === 'password-changed');
    expect(notices).toHaveLength(1);
    const told = await toldAbout(auth, account.id);
    expect(told).toContain('auth.password_changed.v1');
    expect(told).toContain('auth.password.changed');
    const [ended] = await auth.database.query('select end_reason from auth.sessions where id = $1', [
      account.sessionId,
    ]);
    expect(ended).toEqual({ end_reason: 'password_changed' });
  });

  it('SR-33 a second factor is asked for as before', async () => {
    const account = await register(auth);
    await reset(auth, await askForToken(auth, account));
    auth.neighbours.factors = [totpFactor];
    expect((await signIn(auth, account, { password: newPassword })).body.status).toBe('mfa_required');
  });

  it('a sign-in that waits for its second half is over', async () => {
    const account = await register(auth);
    auth.neighbours.factors = [totpFactor];
    const { loginId } = (await signIn(auth, account)).body;
    await reset(auth, await askForToken(auth, account));
    const proof = { loginId, challengeId: uuidv7(), response: { code: '123456' } };
    expect((await post(auth, '/v1/auth/login/verify', proof)).body.code).toBe('auth.login.invalid');
  });

  it('SR-14 lifts every lock of wrong passwords', async () => {
    const account = await register(auth);
    await lockOut(account);
    await reset(auth, await askForToken(auth, account));
    expect((await signIn(auth, account, { password: newPassword })).status).toBe(200);
  });

  it('SR-35 no device is known any more', async () => {
    const account = await register(auth);
    await reset(auth, await askForToken(auth, account));
    const known = await auth.database.query('select 1 from auth.devices where user_id = $1 and known_at is not null', [
      account.id,
    ]);
    expect(known).toEqual([]);
  });

  it('does not open an account that is locked: reading its mail proves too little', async () => {
    const account = await register(auth);
    await setStatus(account, 'locked');
    expect((await reset(auth, await askForToken(auth, account))).status).toBe(204);
    const [row] = await auth.database.query('select status from auth.users where id = $1', [account.id]);
    expect(row).toEqual({ status: 'locked' });
    expect((await signIn(auth, account, { password: newPassword })).status).toBe(401);
  });

  it('422 once the user is suspended, whatever the link', async () => {
    const account = await register(auth);
    const token = await askForToken(auth, account);
    await setStatus(account, 'suspended');
    expect((await reset(auth, token)).body.code).toBe('auth.verification.invalid');
    expect(await toldAbout(auth, account.id)).toContain('auth.password.reset_failed status');
    await setStatus(account, 'active');
    expect((await signIn(auth, account)).status).toBe(200);
  });

  it('SR-36 422 for a link that is older, expired, changed, or that never was', async () => {
    const account = await register(auth);
    const older = await askForToken(auth, account);
    const newest = await askForToken(auth, account);
    const changed = newest.replace(/.$/, (last) => (last === 'A' ? 'Q' : 'A'));
    for (const token of [older, changed, 'pr_x', `ac${newest.slice(2)}`]) {
      const { status, body } = await reset(auth, token);
      expect([status, body.code]).toEqual([422, 'auth.verification.invalid']);
    }
    await auth.database.query('update auth.password_resets set expires_at = $2 where user_id = $1', [
      account.id,
      auth.clock.now(),
    ]);
    expect((await reset(auth, newest)).status).toBe(422);
    expect((await signIn(auth, account)).status).toBe(200);
  });

  it.each([
    ['SR-1 eleven characters', 'abcdefghijk', 'too_short'],
    ['SR-2 10 KB', 'a'.repeat(10_240), 'too_long'],
    ['SR-5 one on the list', 'password1234', 'listed'],
    ['SR-6 their own name', 'grace-hopper-1906', 'context_word'],
    ['SR-6 the bank', 'my-savings-bank-9', 'context_word'],
  ])('%s: 422, and the link stays good', async (_, chosen, rule) => {
    const account = await register(auth, `grace.hopper.${freshEmail()}`);
    const token = await askForToken(auth, account);
    const { status, body } = await reset(auth, token, chosen);
    expect([status, body.code]).toEqual([422, 'auth.password.unacceptable']);
    expect(body.errors).toEqual([{ path: 'password', rule }]);
    expect((await reset(auth, token, 'abcdefghijkl')).status).toBe(204);
  });

  it('SR-36 works once, however many use it at once', { timeout: 120_000 }, async () => {
    for (let round = 0; round < 20; round += 1) {
      const account = await register(auth);
      const token = await askForToken(auth, account);
      const chosen = (number: number) => `${newPassword} ${number}`;
      const answers = winners(await raceOf(16, (number) => reset(auth, token, chosen(number))));
      expect(answers.map(({ status }) => status).sort()).toEqual([204, ...Array(15).fill(422)]);
      const told = await toldAbout(auth, account.id);
      expect(told.filter((one) => one === 'auth.password_changed.v1')).toHaveLength(1);
      expect(await auth.database.query('select 1 from auth.password_resets where user_id = $1', [account.id])).toEqual(
        [],
      );
    }
  });
});
