import { DomainError } from '@bank/domain';
import { raceOf, winners } from '@bank/testing';
import { describe, expect, it, vi } from 'vitest';
import { type Account, password, register, signIn } from './support/accounts.ts';
import { post } from './support/http.ts';
import { askForToken, reset, toldAbout } from './support/passwords.ts';
import { sharedAuth } from './support/shared-auth.ts';

const auth = await sharedAuth();

const numbered = (number: number) => `another horse and staple ${'abcdefgh'[number]}`;

function change(account: Account, from: string, to: string) {
  const body = { currentPassword: from, newPassword: to };
  return post(auth, '/v1/auth/password/change', body, { token: account.accessToken });
}

/** Somebody who has changed their password that often: the first was `password`, then those that are numbered. */
async function changed(times: number): Promise<Account> {
  const account = await register(auth);
  for (let number = 0; number < times; number += 1) {
    const { status } = await change(account, number === 0 ? password : numbered(number - 1), numbered(number));
    expect(status).toBe(204);
  }
  return account;
}

describe('the last five passwords of a user', () => {
  it('422 used_before for each of them when it is changed, the present one included; the sixth is free again', async () => {
    const account = await changed(5);
    for (const used of [4, 3, 2, 1, 0].map(numbered)) {
      const { status, body } = await change(account, numbered(4), used);
      expect([status, body.errors]).toEqual([422, [{ path: 'newPassword', rule: 'used_before' }]]);
    }
    expect((await change(account, numbered(4), password)).status).toBe(204);
    expect((await signIn(auth, account)).status).toBe(200);
  });

  it('422 used_before when it is reset, and the link stays good for other tries', async () => {
    const account = await changed(1);
    const token = await askForToken(auth, account);
    for (const used of [numbered(0), password, numbered(0), password]) {
      const { status, body } = await reset(auth, token, used);
      expect([status, body.errors]).toEqual([422, [{ path: 'password', rule: 'used_before' }]]);
    }
    expect((await reset(auth, token, numbered(1))).status).toBe(204);
    expect((await change(await register(auth), password, numbered(0))).status).toBe(204);
  });

  it('SR-13 the fifth refusal ends the link, until another one is asked for; the ledger is told of each', async () => {
    const account = await register(auth);
    const token = await askForToken(auth, account);
    for (let tries = 0; tries < 5; tries += 1) {
      expect((await reset(auth, token, password)).body.code).toBe('auth.password.unacceptable');
    }
    for (const chosen of [password, numbered(0), 'too short']) {
      expect((await reset(auth, token, chosen)).body.code).toBe('auth.verification.invalid');
    }
    const told = await toldAbout(auth, account.id);
    expect(told.filter((one) => one === 'auth.password.reset_failed used_before')).toHaveLength(5);
    expect((await signIn(auth, account)).status).toBe(200);
    expect((await reset(auth, await askForToken(auth, account), numbered(0))).status).toBe(204);
  });

  it('SR-12 no more than five are compared by one link, however many at once', { timeout: 60_000 }, async () => {
    for (let round = 0; round < 20; round += 1) {
      const account = await register(auth);
      const token = await askForToken(auth, account);
      const answers = winners(await raceOf(16, () => reset(auth, token, password)));
      const refused = answers.map(({ body }) => body.code).sort();
      const compared = Array(5).fill('auth.password.unacceptable');
      expect(refused).toEqual([...compared, ...Array(11).fill('auth.verification.invalid')]);
      const told = await toldAbout(auth, account.id);
      expect(told.filter((one) => one === 'auth.password.reset_failed used_before')).toHaveLength(5);
    }
  });

  it('SR-14 a try that finds no place among those that are hashed counts for nothing', async () => {
    const account = await register(auth);
    const token = await askForToken(auth, account);
    const busy = () => Promise.reject(new DomainError('service.overloaded', { details: { retryAfterSeconds: 1 } }));
    const admit = vi.spyOn(auth.ctx.hasher, 'admit').mockImplementation(busy);
    for (let tries = 0; tries < 6; tries += 1) expect((await reset(auth, token, numbered(0))).status).toBe(503);
    admit.mockRestore();
    expect((await reset(auth, token, numbered(0))).status).toBe(204);
  });

  it('SR-3 are compared in the form in which they are hashed', async () => {
    const account = await register(auth);
    expect((await change(account, password, 'une petite caf\u00e9 noire')).status).toBe(204);
    const { body } = await change(account, 'une petite caf\u00e9 noire', 'une petite cafe\u0301 noire');
    expect(body.errors).toEqual([{ path: 'newPassword', rule: 'used_before' }]);
  });

  it('SR-7 a refusal is no failed attempt, however often', async () => {
    const account = await register(auth);
    for (let tries = 0; tries < 8; tries += 1) expect((await change(account, password, password)).status).toBe(422);
    expect((await signIn(auth, account)).status).toBe(200);
    expect((await change(account, 'not the right one', password)).status).toBe(401);
  });

  it('SR-8 are kept as Argon2id under the pepper, four beside the present one', async () => {
    const account = await changed(7);
    const rows = await auth.database.query<{ hash: string }>(
      'select password_hash as hash from auth.password_history where user_id = $1',
      [account.id],
    );
    expect(rows).toHaveLength(4);
    for (const { hash } of rows) expect(hash).toMatch(/^k1:\$argon2id\$/);
  });

  it('SR-9 cost one verification each, and no more', async () => {
    const account = await changed(7);
    const before = auth.ctx.hasher.stats().completed;
    expect((await change(account, numbered(6), 'nobody ever had this one')).status).toBe(204);
    // The present one is confirmed, five are compared, the new one is hashed.
    expect(auth.ctx.hasher.stats().completed - before).toBe(7);
  });
});
