import { raceOf, until, winners } from '@bank/testing';
import { describe, expect, it } from 'vitest';
import { type Account, messagesTo, password, refresh, register, signIn } from './support/accounts.ts';
import { get, post } from './support/http.ts';
import { askForToken, newPassword, reset, toldAbout } from './support/passwords.ts';
import { sharedAuth } from './support/shared-auth.ts';
import { createStaff, staffSession } from './support/staff.ts';

const auth = await sharedAuth();

function change(token: string, changes: object = {}) {
  return post(auth, '/v1/auth/password/change', { currentPassword: password, newPassword, ...changes }, { token });
}

describe('POST /v1/auth/password/change', () => {
  it('SR-47 204 the other sessions end, this one goes on', async () => {
    const account = await register(auth);
    const other = (await signIn(auth, account)).body;
    const { status, body } = await change(account.accessToken);
    expect([status, body]).toEqual([204, undefined]);
    const isOver = async () => (await get(auth, '/v1/auth/session', other.accessToken)).status === 401;
    await until(isOver, { deadlineMs: 1000 });
    expect((await refresh(auth, other.refreshToken)).status).toBe(401);
    expect((await get(auth, '/v1/auth/session', account.accessToken)).status).toBe(200);
    expect((await refresh(auth, account.refreshToken, account.device.secret)).status).toBe(200);
    expect((await signIn(auth, account)).status).toBe(401);
    expect((await signIn(auth, account, { password: newPassword })).status).toBe(200);
  });

  it('SR-20 tells the user, the house and the ledger', async () => {
    const account = await register(auth);
    await change(account.accessToken);
    const notices = (await messagesTo(auth, account.id)).filter(({ template }) => template === 'password-changed');
    expect(notices).toHaveLength(1);
    const [event] = await auth.database.query<{ data: object }>(
      `select data from auth.outbox where subject = $1 and type = 'auth.password_changed.v1'`,
      [account.id],
    );
    expect(event?.data).toMatchObject({ userId: account.id, byReset: false });
    expect(await toldAbout(auth, account.id)).toContain('auth.password.changed');
  });

  it('SR-36 a link for a reset that is under way dies', async () => {
    const account = await register(auth);
    const token = await askForToken(auth, account);
    await change(account.accessToken);
    expect((await reset(auth, token)).body.code).toBe('auth.verification.invalid');
  });

  it('SR-35 other devices have to prove again whose they are', async () => {
    const account = await register(auth);
    await auth.database.query(
      'insert into auth.devices select user_id, $2, secret_digest, created_at, last_used_at, known_at from auth.devices where user_id = $1',
      [account.id, '01980000-0000-7000-8000-00000000000d'],
    );
    await change(account.accessToken);
    const known = await auth.database.query('select id from auth.devices where user_id = $1 and known_at is not null', [
      account.id,
    ]);
    expect(known).toEqual([{ id: account.device.id }]);
  });

  it('SR-7 401 for a wrong password, which counts in the pools of the sign-ins: 429 after five', async () => {
    const account = await register(auth);
    for (let tries = 0; tries < 5; tries += 1) {
      const { status, body } = await change(account.accessToken, { currentPassword: 'not the right one' });
      expect([status, body.code]).toEqual([401, 'auth.credentials.invalid']);
    }
    expect((await change(account.accessToken)).status).toBe(429);
    expect((await signIn(auth, account, { device: { secret: account.device.secret } })).status).toBe(429);
    const told = await toldAbout(auth, account.id);
    expect(told.filter((one) => one === 'auth.password.change_failed credentials')).toHaveLength(5);
    expect(told).toContain('auth.locked.v1');
  });

  it.each([
    ['is changed', newPassword, 204],
    ['would stay as it is', password, 422],
  ])('SR-20 the user is told of a right password after wrong ones, where it %s', async (_, chosen, status) => {
    const account = await register(auth);
    for (let tries = 0; tries < 4; tries += 1)
      await change(account.accessToken, { currentPassword: 'not the right one' });
    expect((await change(account.accessToken, { newPassword: chosen })).status).toBe(status);
    const notices = (await messagesTo(auth, account.id)).filter(
      ({ template }) => template === 'sign-in-after-failures',
    );
    expect(notices.map(({ params }) => params['failures'])).toEqual(['4']);
  });

  it.each([
    ['SR-1 eleven characters', 'abcdefghijk', 'too_short'],
    ['SR-2 10 KB', 'a'.repeat(10_240), 'too_long'],
    ['SR-5 one on the list', 'password1234', 'listed'],
    ['SR-6 the bank', 'my-savings-bank-9', 'context_word'],
  ])('%s: 422, and nothing is counted', async (_, chosen, rule) => {
    const account = await register(auth);
    const before = auth.ctx.hasher.stats().completed;
    const { status, body } = await change(account.accessToken, { newPassword: chosen });
    expect([status, body.code]).toEqual([422, 'auth.password.unacceptable']);
    expect(body.errors).toEqual([{ path: 'newPassword', rule }]);
    expect(auth.ctx.hasher.stats().completed).toBe(before);
  });

  it('SR-6 422 for their own name', async () => {
    const account = await register(auth, 'augusta.lovelace@mail.example');
    const { body } = await change(account.accessToken, { newPassword: 'lovelace-1843-notes' });
    expect(body.errors).toEqual([{ path: 'newPassword', rule: 'context_word' }]);
  });

  it('401 without a token, and for a session that is over', async () => {
    const account = await register(auth);
    expect((await post(auth, '/v1/auth/password/change', { currentPassword: password, newPassword })).status).toBe(401);
    await auth.database.query('update auth.sessions set revoked_at = now() where id = $1', [account.sessionId]);
    expect((await change(account.accessToken)).status).toBe(401);
  });

  it('is for staff as well', async () => {
    const account = await createStaff(auth, 'support');
    const { accessToken } = (await staffSession(auth, account)).body;
    expect((await change(accessToken)).status).toBe(204);
    expect((await get(auth, '/v1/auth/session', accessToken)).status).toBe(200);
  });

  it('happens once, however many change it at once from different sessions', { timeout: 120_000 }, async () => {
    for (let round = 0; round < 20; round += 1) {
      const account: Account = await register(auth);
      const others = await Promise.all(Array.from({ length: 3 }, () => signIn(auth, account)));
      const tokens = [account.accessToken, ...others.map(({ body }) => body.accessToken)];
      const answers = winners(await raceOf(4, (number) => change(tokens[number] ?? '')));
      expect(answers.filter(({ status }) => status === 204)).toHaveLength(1);
      expect(answers.filter(({ status }) => status >= 500)).toEqual([]);
      const live = await auth.database.query('select 1 from auth.sessions where user_id = $1 and revoked_at is null', [
        account.id,
      ]);
      expect(live).toHaveLength(1);
      const told = await toldAbout(auth, account.id);
      expect(told.filter((one) => one === 'auth.password_changed.v1')).toHaveLength(1);
    }
  });
});
