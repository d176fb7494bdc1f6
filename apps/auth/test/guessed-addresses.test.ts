import { raceOf } from '@bank/testing';
import { beforeEach, describe, expect, it } from 'vitest';
import { type Account, codeFor, freshEmail, messagesTo, registration } from './support/accounts.ts';
import { changeEmail, verifyEmail } from './support/emails.ts';
import { get, post } from './support/http.ts';
import { freshPhone } from './support/messages.ts';
import { changePhone, steppedUpAccount, verifyPhone } from './support/phones.ts';
import { sharedAuth } from './support/shared-auth.ts';

const auth = await sharedAuth();

beforeEach(async () => {
  auth.neighbours.factors = [];
  auth.neighbours.proof = { kind: 'accepted', by: 'totp' };
  await auth.database.query('delete from auth.address_failures');
});

/** An address of a kind that somebody who is there asks to have, and how they prove it. */
const kinds = {
  email: { fresh: freshEmail, ask: changeEmail, verify: verifyEmail },
  phone: { fresh: freshPhone, ask: changePhone, verify: verifyPhone },
} as const;
type Kind = keyof typeof kinds;

/** A user who has asked for an address, and the code that they were sent. */
async function claimant(kind: Kind, address: string) {
  const account = await steppedUpAccount(auth);
  expect((await kinds[kind].ask(auth, account.accessToken, address)).status).toBe(202);
  return { ...account, code: await codeFor(auth, address) };
}

const wrong = (code: string) => (code === '000000' ? '000001' : '000000');

async function guess(kind: Kind, { accessToken, code }: Account & { code: string }): Promise<void> {
  const refused = await kinds[kind].verify(auth, accessToken, wrong(code));
  expect([refused.status, refused.body.code]).toEqual([422, 'auth.verification.invalid']);
}

/** Wrong codes of today, by address. Whoever registers for a test gives none. */
async function failures(): Promise<number[]> {
  const sql = 'select failures from auth.address_failures where failures > 0';
  return (await auth.database.query<{ failures: number }>(sql)).map((row) => row.failures);
}

describe.each(Object.keys(kinds) as Kind[])('SR-25 wrong codes for one %s', (kind) => {
  it('are twenty a day, of all users who ask for it together; then the right one proves nothing', async () => {
    const address = kinds[kind].fresh();
    for (let users = 0; users < 4; users += 1) {
      const user = await claimant(kind, address);
      for (let tries = 0; tries < 5; tries += 1) await guess(kind, user);
    }
    expect(await failures()).toEqual([20]);
    const last = await claimant(kind, address);
    const verify = () => kinds[kind].verify(auth, last.accessToken, last.code);
    // More often than a change may be tried: where nothing is compared, no try is used up.
    for (let tries = 0; tries < 6; tries += 1) {
      const refused = await verify();
      expect([refused.status, refused.body.code]).toEqual([422, 'auth.verification.invalid']);
    }
    expect((await get(auth, '/v1/auth/me', last.accessToken)).body[kind]).not.toBe(address);
    await auth.database.query('update auth.address_failures set day = day - 1');
    expect((await verify()).status).toBe(200);
  });
});

describe('SR-25 wrong codes for one address', () => {
  it('are no more of many at once', { timeout: 60_000 }, async () => {
    const address = freshEmail();
    const users: Awaited<ReturnType<typeof claimant>>[] = [];
    for (let number = 0; number < 6; number += 1) users.push(await claimant('email', address));
    await raceOf(30, (number) => {
      const user = users[number % users.length];
      return user === undefined ? Promise.reject(new Error('nobody')) : guess('email', user);
    });
    expect(await failures()).toEqual([20]);
  });

  it('are counted for registrations, which anybody begins, apart from those of users', async () => {
    const email = freshEmail();
    const { body } = await post(auth, '/v1/auth/register', registration(email));
    const code = wrong(await codeFor(auth, email));
    const refused = await post(auth, '/v1/auth/register/verify', { registrationId: body.registrationId, code });
    expect(refused.body.code).toBe('auth.registration.code_invalid');
    await auth.database.query('update auth.address_failures set failures = 20');
    const user = await claimant('email', email);
    await guess('email', user);
    expect((await failures()).toSorted()).toEqual([1, 20]);
    expect((await verifyEmail(auth, user.accessToken, user.code)).status).toBe(200);
  });

  it('bring registrations no link where users gave them', async () => {
    const email = freshEmail();
    await guess('email', await claimant('email', email));
    await auth.database.query('update auth.address_failures set failures = 20');
    await post(auth, '/v1/auth/register', registration(email));
    expect((await messagesTo(auth, email)).at(-1)?.template).toBe('registration-code');
  });

  it('are none where the code was right, nor those for other addresses', async () => {
    const [email, other] = [freshEmail(), freshEmail()];
    await guess('email', await claimant('email', other));
    const user = await claimant('email', email);
    expect((await verifyEmail(auth, user.accessToken, await codeFor(auth, email))).status).toBe(200);
    expect(await failures()).toEqual([1]);
  });
});
