import { until } from '@bank/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { freshEmail, registration, signIn } from './support/accounts.ts';
import { startAuth } from './support/auth.ts';
import { changeEmail, templatesTo } from './support/emails.ts';
import { get, post } from './support/http.ts';
import { type ImportedLine, importCallers, importLines, lineOf, newestUser } from './support/imports.ts';
import { freshPhone } from './support/messages.ts';
import { forgot, linksTo, reset, resetTokenFor, toldAbout } from './support/passwords.ts';
import { steppedUpAccount } from './support/phones.ts';

const auth = await startAuth({ callers: importCallers });

const passwordHash = '$2a$06$If6bvum7DFjUnE9p2uDeDu0YHzrHM6tf.iqN8.yx.jNN1ILEf7h0i';
const password = 'abc';

beforeEach(() => {
  auth.neighbours.factors = [];
});

afterEach(() => {
  auth.neighbours.verdict = 'allow';
});

/** Somebody who was imported with an address that nobody has proven. */
async function imported(changes: ImportedLine = {}) {
  const line = lineOf({ emailVerified: false, passwordHash, ...changes });
  expect(await importLines(auth, [line])).toEqual(['created']);
  const { id } = await newestUser(auth);
  return { id, email: line.email, phone: line.phone ?? '' };
}

/** What the house was told of a proof, which has to be the user as they stand now. */
async function expectTold({ id }: { id: string }): Promise<void> {
  const sql = `select data from auth.outbox where subject = $1 and type = 'user.email_changed.v1'`;
  const told = await auth.database.query<{ data: object }>(sql, [id]);
  const [user] = await auth.database.query<{ version: string }>('select version::text from auth.users where id = $1', [
    id,
  ]);
  expect(told).toEqual([{ data: expect.objectContaining({ userId: id, version: user?.version }) }]);
}

const isProven = async () => (await newestUser(auth))['emailVerified'];
const codeIn = (text: string) => /\b\d{6}\b/.exec(text)?.[0] ?? '';

/** The first half of a sign-in where the device is in doubt, and the code that goes to the address. */
async function halfOf(account: { email: string }) {
  auth.neighbours.verdict = 'challenge';
  const { loginId } = (await signIn(auth, account, { password })).body;
  const { challengeId } = (await post(auth, '/v1/auth/login/challenge', { loginId, factorId: loginId })).body;
  const { text } = await auth.mailbox.newest(account.email, /sign/i);
  return { loginId, challengeId, response: { code: codeIn(text) } };
}

describe('SR-36 a link for another password', () => {
  it.each([
    ['a password', { passwordHash }],
    ['a number that was proven', { passwordHash: '', phone: freshPhone(), phoneVerified: true }],
  ])('is not sent to an unproven address of who has %s', async (_, others) => {
    const account = await imported(others);
    const unknown = await forgot(auth, freshEmail());
    const refused = await forgot(auth, account.email);
    expect([refused.status, refused.body]).toEqual([unknown.status, unknown.body]);
    expect(await linksTo(auth, account.id)).toEqual([]);
    expect(await toldAbout(auth, account.id)).toContain('auth.password.reset_requested unproven');
  });

  it('is not sent there because the number was named, or the password is flagged', async () => {
    const account = await imported({ phone: freshPhone(), phoneVerified: true });
    await forgot(auth, account.phone);
    await auth.database.query('update auth.credentials set compromised_at = now() where user_id = $1', [account.id]);
    const refused = await signIn(auth, account, { password });
    expect([refused.status, refused.body.code]).toEqual([403, 'auth.password.compromised']);
    expect(await linksTo(auth, account.id)).toEqual([]);
  });
});

describe('SR-20 a code by mail and the password prove an address that was imported unproven', () => {
  it('at a sign-in, of which a proven number is told', async () => {
    const account = await imported({ phone: freshPhone(), phoneVerified: true });
    const half = await halfOf(account);
    expect(await isProven()).toBe(false);
    expect((await post(auth, '/v1/auth/login/verify', half)).status).toBe(200);
    expect(await isProven()).toBe(true);
    expect(await toldAbout(auth, account.id)).toContain('user.email_proven');
    await expectTold(account);
    expect((await auth.carriers.newestSms(account.phone)).text).toMatch(/^An email address was confirmed/);
  });

  it('at a step-up on a device that is not known, which opens what a password alone does not', async () => {
    const account = await imported();
    const { accessToken: token, sessionId } = (await signIn(auth, account, { password })).body;
    await post(auth, '/v1/auth/step-up/challenge', { factorId: sessionId }, { token });
    const { text } = await auth.mailbox.newest(account.email, /confirm|code/i);
    const stepped = await post(auth, '/v1/auth/step-up/verify', { password, code: codeIn(text) }, { token });
    expect([stepped.status, stepped.body.acr]).toEqual([200, 'aal1']);
    expect((await get(auth, '/v1/auth/me', stepped.body.accessToken)).body.emailVerified).toBe(true);
    await expectTold(account);
  });

  it('as a link for another password does, of which the house is told as of the others', async () => {
    const account = await imported({ passwordHash: '' });
    await forgot(auth, account.email);
    const token = await resetTokenFor(auth, account.id);
    expect((await reset(auth, token)).status).toBe(204);
    expect(await isProven()).toBe(true);
    await expectTold(account);
  });

  it('and nothing else does: not a wrong code, nor a password that others know or that was changed since', async () => {
    const account = await imported();
    const half = await halfOf(account);
    const wrong = { ...half, response: { code: half.response.code === '000000' ? '000001' : '000000' } };
    expect((await post(auth, '/v1/auth/login/verify', wrong)).status).toBe(401);
    await auth.database.query('update auth.credentials set compromised_at = now() where user_id = $1', [account.id]);
    expect((await post(auth, '/v1/auth/login/verify', half)).body.code).toBe('auth.password.compromised');
    expect(await isProven()).toBe(false);
    await auth.database.query('update auth.credentials set compromised_at = null where user_id = $1', [account.id]);
    const late = await halfOf(account);
    await auth.database.query(`update auth.credentials set changed_at = now() + interval '1 h' where user_id = $1`, [
      account.id,
    ]);
    expect((await post(auth, '/v1/auth/login/verify', late)).status).toBe(401);
    expect(await isProven()).toBe(false);
  });
});

describe('SR-15 the reader of an address that somebody was imported with', () => {
  it('hears of a registration, and of a change to it', async () => {
    const account = await imported();
    expect((await post(auth, '/v1/auth/register', registration(account.email))).status).toBe(202);
    await auth.mailbox.newest(account.email, /regist|account/i);
    auth.neighbours.proof = { kind: 'accepted', by: 'totp' };
    await changeEmail(auth, (await steppedUpAccount(auth)).accessToken, account.email);
    await auth.mailbox.newest(account.email, /wanted to use your address/);
    expect(await templatesTo(auth, account.id)).toEqual(['registration-attempted', 'email-change-attempted']);
  });

  it('is told nothing else of the account', async () => {
    const account = await imported();
    for (let tries = 0; tries < 5; tries += 1) await signIn(auth, account, { password: 'wrong one' });
    const sql = 'select template, failure from auth.deliveries where user_id = $1 and settled_at is not null';
    const settled = await until(async () => {
      const rows = await auth.database.query(sql, [account.id]);
      return rows.length > 0 && rows;
    });
    expect(settled).toEqual([{ template: 'account-locked', failure: 'NOBODY' }]);
    expect(await auth.mailbox.received(account.email)).toEqual([]);
  });
});
