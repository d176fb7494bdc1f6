import { createLogger } from '@bank/observability';
import { openBreachedPasswords } from '@bank/security';
import { raceOf, winners } from '@bank/testing';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { createContext } from '#context.ts';
import {
  type Account,
  codeFor,
  freshEmail,
  messagesTo,
  password,
  register,
  registration,
  signIn,
} from './support/accounts.ts';
import { startAuth } from './support/auth.ts';
import { type Answer, get, post } from './support/http.ts';
import { totpFactor } from './support/neighbours.ts';
import { passkeyOf, passkeySignIn } from './support/passkeys.ts';
import { breachedFile } from './support/password-paths.ts';
import { linksTo, newPassword, reset, resetTokenFor, toldAbout } from './support/passwords.ts';

const auth = await startAuth({
  env: { BREACHED_PASSWORDS_FILE: breachedFile(['violet tractor umbrella']), DATABASE_POOL_MAX: '4' },
});
const before = auth.ctx.breachedPasswords;
const grown = await openBreachedPasswords(breachedFile(['violet tractor umbrella', password]));
const coarse = await openBreachedPasswords(breachedFile([password], 8));
const closed = await openBreachedPasswords(breachedFile([password]));
await closed.close();
afterAll(async () => {
  await grown.close();
  await coarse.close();
  await before?.close();
});

/** The service goes on with another filter, as after a restart. */
const goesOnWith = (breachedPasswords: typeof before) => Object.assign(auth.ctx, { breachedPasswords });

beforeEach(() => {
  goesOnWith(before);
  Object.assign(auth.neighbours, { verdict: 'allow', factors: [], proof: { kind: 'accepted', by: 'totp' } });
});

/** Somebody whose password has come on the list since they chose it. */
async function exposed(): Promise<Account> {
  goesOnWith(before);
  const account = await register(auth);
  goesOnWith(grown);
  return account;
}

async function flagOf({ id }: Account): Promise<Date | null | undefined> {
  const sql = 'select compromised_at from auth.credentials where user_id = $1';
  return (await auth.database.query<{ compromised_at: Date | null }>(sql, [id]))[0]?.compromised_at;
}

async function sessionsOf({ id }: Account): Promise<number> {
  return (await auth.database.query('select 1 from auth.sessions where user_id = $1', [id])).length;
}

const shapeOf = ({ status, body, headers }: Answer) => {
  const { requestId: _, ...rest } = body;
  return [status, rest, [...headers.keys()].sort()];
};

/** The second half by a code, of the factor or of the mail. */
async function secondHalf({ body: { loginId } }: Answer, factorId: string, code: () => Promise<string>) {
  const { challengeId } = (await post(auth, '/v1/auth/login/challenge', { loginId, factorId })).body;
  return await post(auth, '/v1/auth/login/verify', { loginId, challengeId, response: { code: await code() } });
}

describe('SR-4 a password that came on the list after it was chosen', () => {
  it('403 auth.password.compromised, no session, and a link by mail', async () => {
    const account = await exposed();
    const { status, body, headers } = await signIn(auth, account);
    expect([status, body.code]).toEqual([403, 'auth.password.compromised']);
    expect(body.detail).toContain('a link that we send by email, or ask us');
    expect([headers.getSetCookie(), Object.keys(body)]).toEqual([[], expect.not.arrayContaining(['accessToken'])]);
    expect(await flagOf(account)).toBeInstanceOf(Date);
    expect(await sessionsOf(account)).toBe(1);
    expect(await linksTo(auth, account.id)).toHaveLength(1);
    const told = await toldAbout(auth, account.id);
    expect(told.filter((one) => one === 'auth.password.compromised')).toHaveLength(1);
    expect(told).toContain('auth.sign_in.failed compromised');
    expect(told).toContain('auth.password.reset_requested');
    // The session of before goes on: nobody is asked for another password in the midst of something.
    expect((await get(auth, '/v1/auth/session', account.accessToken)).status).toBe(200);
  });

  it('stays flagged where the list is another one, until it is reset; then a session opens', async () => {
    const account = await exposed();
    await signIn(auth, account);
    goesOnWith(before);
    expect((await signIn(auth, account)).status).toBe(403);
    expect((await reset(auth, await resetTokenFor(auth, account.id))).status).toBe(204);
    expect(await flagOf(account)).toBeNull();
    expect((await signIn(auth, account, { password: newPassword })).status).toBe(200);
  });

  it('is cleared by a change in a session of before', async () => {
    const account = await exposed();
    await signIn(auth, account);
    const body = { currentPassword: password, newPassword };
    expect((await post(auth, '/v1/auth/password/change', body, { token: account.accessToken })).status).toBe(204);
    expect(await flagOf(account)).toBeNull();
    expect((await signIn(auth, account, { password: newPassword })).status).toBe(200);
  });

  it('is of that password: one that a process of the release before has put in its place is not flagged', async () => {
    const other = await register(auth);
    const account = await exposed();
    await signIn(auth, account);
    goesOnWith(before);
    auth.clock.advance(1000);
    await post(
      auth,
      '/v1/auth/password/change',
      { currentPassword: password, newPassword },
      { token: other.accessToken },
    );
    await auth.database.query(
      `update auth.credentials c set password_hash = o.password_hash, changed_at = o.changed_at
        from auth.credentials o where c.user_id = $1 and o.user_id = $2`,
      [account.id, other.id],
    );
    expect(await flagOf(account)).toBeInstanceOf(Date);
    expect((await signIn(auth, account, { password: newPassword })).status).toBe(200);
    const listed = await openBreachedPasswords(breachedFile([newPassword]));
    goesOnWith(listed);
    expect((await signIn(auth, account, { password: newPassword })).status).toBe(403);
    await listed.close();
    const told = await toldAbout(auth, account.id);
    expect(told.filter((one) => one === 'auth.password.compromised')).toHaveLength(2);
  });

  it('is no failed attempt: whoever knows it is not locked, and gets as many links as the limit allows', async () => {
    const account = await exposed();
    for (let tries = 0; tries < 7; tries += 1) expect((await signIn(auth, account)).status).toBe(403);
    expect(await linksTo(auth, account.id)).toHaveLength(5);
    expect((await reset(auth, await resetTokenFor(auth, account.id))).status).toBe(204);
  });

  it('of eight who sign in at once none gets a session, and the flag is told of once', {
    timeout: 120_000,
  }, async () => {
    for (let round = 0; round < 20; round += 1) {
      const account = await exposed();
      const answers = winners(await raceOf(8, () => signIn(auth, account)));
      // More than five that are not yet known to be right lock for a minute.
      const codes = answers.map(({ body }) => body.code).filter((code) => code !== 'auth.credentials.locked');
      expect(codes.length).toBeGreaterThanOrEqual(5);
      expect(new Set(codes)).toEqual(new Set(['auth.password.compromised']));
      expect((await linksTo(auth, account.id)).length).toBeLessThanOrEqual(5);
      const told = await toldAbout(auth, account.id);
      expect(told.filter((one) => one === 'auth.password.compromised')).toHaveLength(1);
      expect(await sessionsOf(account)).toBe(1);
    }
  });

  it('SR-20 its user is told of it after wrong passwords, as of a success', async () => {
    const account = await exposed();
    for (let tries = 0; tries < 3; tries += 1) await signIn(auth, account, { password: 'a wrong guess of it' });
    await signIn(auth, account);
    const templates = (await messagesTo(auth, account.id)).map(({ template }) => template);
    expect(templates).toContain('sign-in-after-failures');
  });
});

describe('SR-16 the flag', () => {
  it('shows after the factor and not before', async () => {
    const account = await exposed();
    auth.neighbours.factors = [totpFactor];
    const first = await signIn(auth, account);
    expect([first.status, first.body.status]).toEqual([200, 'mfa_required']);
    auth.neighbours.proof = { kind: 'wrong' };
    const wrong = await secondHalf(first, totpFactor.id, async () => '000000');
    expect([wrong.status, wrong.body.code]).toEqual([401, 'auth.second_factor.invalid']);
    expect(await linksTo(auth, account.id)).toEqual([]);
    auth.neighbours.proof = { kind: 'accepted', by: 'totp' };
    const right = await secondHalf(first, totpFactor.id, async () => '123456');
    expect([right.status, right.body.code]).toEqual([403, 'auth.password.compromised']);
    expect(await linksTo(auth, account.id)).toHaveLength(1);
    expect(await sessionsOf(account)).toBe(1);
    const { loginId } = first.body;
    const again = await post(auth, '/v1/auth/login/challenge', { loginId, factorId: totpFactor.id });
    expect([again.status, again.body.code]).toEqual([401, 'auth.login.invalid']);
  });

  it('shows after the emailed code and not before', async () => {
    const account = await exposed();
    auth.neighbours.verdict = 'challenge';
    const first = await signIn(auth, account);
    expect(first.body.status).toBe('mfa_required');
    const done = await secondHalf(first, first.body.loginId, () => codeFor(auth, account.id));
    expect([done.status, done.body.code]).toEqual([403, 'auth.password.compromised']);
    expect(await linksTo(auth, account.id)).toHaveLength(1);
  });

  it('401 as for everybody where a listed password is wrong, or its user is stopped', async () => {
    const listed = 'violet tractor umbrella';
    const unflagged = await register(auth);
    const account = await exposed();
    await signIn(auth, account);
    const wrong = shapeOf(await signIn(auth, unflagged, { password: 'a wrong guess of it' }));
    expect(wrong[0]).toBe(401);
    expect(shapeOf(await signIn(auth, account, { password: listed }))).toEqual(wrong);
    expect(shapeOf(await signIn(auth, unflagged, { password: listed }))).toEqual(wrong);
    expect(shapeOf(await signIn(auth, { email: freshEmail() }))).toEqual(wrong);
    const stopped = await exposed();
    await auth.database.query(`update auth.users set status = 'suspended' where id = $1`, [stopped.id]);
    expect(shapeOf(await signIn(auth, stopped))).toEqual(wrong);
    for (const { id } of [unflagged, stopped]) expect(await linksTo(auth, id)).toEqual([]);
    expect([await flagOf(unflagged), await flagOf(stopped)]).toEqual([null, null]);
  });
});

describe('SR-5 a filter at the start', () => {
  it.each([
    [8, 1],
    [16, 1],
    [32, 0],
  ] as const)('of %i bits brings %i warnings that sign-ins do not ask it', async (bits, warnings) => {
    const lines: string[] = [];
    const logger = createLogger({ service: 'auth', level: 'warn', destination: { write: (line) => lines.push(line) } });
    const config = { ...auth.ctx.config, BREACHED_PASSWORDS_FILE: breachedFile([password], bits) };
    const { breachedPasswords } = await createContext(config, { logger });
    await breachedPasswords?.close();
    expect(lines.filter((line) => line.includes('--bits 32'))).toHaveLength(warnings);
  });
});

describe('SR-4 whoever is not concerned', () => {
  it('signs in with a password that is on no list, and keeps it', async () => {
    const account = await register(auth);
    expect((await signIn(auth, account)).status).toBe(200);
    expect(await flagOf(account)).toBeNull();
    expect(await linksTo(auth, account.id)).toEqual([]);
  });

  it('signs in with one that a filter may have hit by chance, which nobody may choose', async () => {
    const account = await register(auth);
    goesOnWith(coarse);
    expect((await signIn(auth, account)).status).toBe(200);
    expect(await flagOf(account)).toBeNull();
    expect(await linksTo(auth, account.id)).toEqual([]);
    const { body } = await post(auth, '/v1/auth/register', registration(freshEmail()));
    expect(body.errors).toEqual([{ path: 'password', rule: 'breached' }]);
  });

  it('signs in while the list cannot be read', async () => {
    const account = await register(auth);
    goesOnWith(closed);
    expect((await signIn(auth, account)).status).toBe(200);
  });

  it('signs in with a passkey, whatever the password is', async () => {
    const account = await exposed();
    expect((await signIn(auth, account)).status).toBe(403);
    auth.neighbours.passkey = passkeyOf(account);
    expect((await passkeySignIn(auth)).status).toBe(200);
    expect(await flagOf(account)).toBeInstanceOf(Date);
  });

  it('chooses twenty small letters', async () => {
    const chosen = registration(freshEmail(), { password: 'qzvhtmekwpxjycoldubn' });
    expect((await post(auth, '/v1/auth/register', chosen)).status).toBe(202);
  });
});
