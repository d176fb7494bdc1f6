import { describe, expect, it } from 'vitest';
import { type Account, password, register, signIn } from './support/accounts.ts';
import { post } from './support/http.ts';
import { askForToken, reset } from './support/passwords.ts';
import { sharedAuth } from './support/shared-auth.ts';

const auth = await sharedAuth();

const numbered = (number: number) => `another horse and staple ${'abcdefgh'[number]}`;

function change(account: Account, from: string, to: string) {
  const body = { currentPassword: from, newPassword: to };
  return post(auth, '/v1/auth/password/change', body, { token: account.accessToken });
}

/** Somebody who has changed his password that often: the first was `password`, then those that are numbered. */
async function changed(times: number): Promise<Account> {
  const account = await register(auth);
  for (let number = 0; number < times; number += 1) {
    const { status } = await change(account, number === 0 ? password : numbered(number - 1), numbered(number));
    expect(status).toBe(204);
  }
  return account;
}

describe('the last five passwords of a user', () => {
  it('422 used_before for each of them when he changes it, the present one included; the sixth is free again', async () => {
    const account = await changed(5);
    for (const used of [4, 3, 2, 1, 0].map(numbered)) {
      const { status, body } = await change(account, numbered(4), used);
      expect([status, body.errors]).toEqual([422, [{ path: 'newPassword', rule: 'used_before' }]]);
    }
    expect((await change(account, numbered(4), password)).status).toBe(204);
    expect((await signIn(auth, account)).status).toBe(200);
  });

  it('422 used_before when he resets it, and the link stays good', async () => {
    const account = await changed(1);
    const token = await askForToken(auth, account);
    for (const used of [numbered(0), password]) {
      const { status, body } = await reset(auth, token, used);
      expect([status, body.errors]).toEqual([422, [{ path: 'password', rule: 'used_before' }]]);
    }
    expect((await reset(auth, token, numbered(1))).status).toBe(204);
    expect((await change(await register(auth), password, numbered(0))).status).toBe(204);
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
