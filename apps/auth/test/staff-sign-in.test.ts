import { uuidv7 } from '@bank/domain';
import { beforeEach, describe, expect, it } from 'vitest';
import { routes } from '#transport/http/routes.ts';
import { type Account, codeFor, freshEmail, password, register, registration, signIn } from './support/accounts.ts';
import { type Answer, post, send } from './support/http.ts';
import { passkeyFactor, totpFactor } from './support/neighbours.ts';
import { assertion, syncedPasskey } from './support/passkeys.ts';
import { sharedAuth } from './support/shared-auth.ts';
import {
  claimsOf,
  completeAtConsole,
  cookiePair,
  createStaff,
  emailedCode,
  fromConsole,
  signInAtConsole,
  staffSession,
} from './support/staff.ts';

const auth = await sharedAuth();
const answer = { challengeId: uuidv7(), response: { code: '123456' } };

beforeEach(() => {
  auth.neighbours.factors = [];
  auth.neighbours.proof = { kind: 'accepted', by: 'totp' };
});

/** What the ledger was told about a user, as action and reason. */
async function ledgerOf(userId: string): Promise<string[]> {
  const rows = await auth.database.query<{ told: string }>(
    `select concat_ws(' ', data->>'action', data->>'reason') as told from auth.outbox
      where destination = 'audit' and subject = $1 order by id`,
    [userId],
  );
  return rows.map(({ told }) => told);
}

async function sessionsOf(userId: string): Promise<{ client_id: string; acr: string }[]> {
  return await auth.database.query('select client_id, acr from auth.sessions where user_id = $1 order by id', [userId]);
}

const shapeOf = ({ status, body, headers }: Answer) => ({
  status,
  body: { ...body, requestId: '' },
  headers: [...headers.keys()].sort(),
});

function refreshAtConsole(signedIn: Answer, body: object = {}): Promise<Answer> {
  const cookie = cookiePair(signedIn, '__Secure-refresh');
  return post(auth, '/v1/auth/token/refresh', body, { headers: { ...fromConsole, cookie } });
}

describe('POST /v1/auth/login at the console', () => {
  it('SR-15, SR-16 401 for a customer, exactly like a wrong password', async () => {
    const [account, other] = [await register(auth), await register(auth)];
    const refused = await signInAtConsole(auth, account);
    const wrong = await signInAtConsole(auth, other, { password: 'not the right one' });
    expect(shapeOf(refused)).toEqual(shapeOf(wrong));
    expect([refused.status, refused.body.code]).toEqual([401, 'auth.credentials.invalid']);
    expect(await ledgerOf(account.id)).toContain('auth.sign_in.failed client');
    expect(await sessionsOf(account.id)).toHaveLength(1);
  });

  it('SR-11 counts as a wrong password does: 429 after five', async () => {
    const account = await register(auth);
    for (let tries = 0; tries < 5; tries += 1) expect((await signInAtConsole(auth, account)).status).toBe(401);
    expect((await signInAtConsole(auth, account)).status).toBe(429);
    expect((await signIn(auth, account)).status).toBe(429);
  });

  it('SR-72 opens a session of the audience of staff, with staff roles alone, by a passkey', async () => {
    const account = await createStaff(auth, 'customer', 'support');
    const { status, body } = await staffSession(auth, account);
    expect([status, body.acr, body.audience]).toEqual([200, 'aal2', 'user-service-staff']);
    expect(claimsOf(body.accessToken)).toMatchObject({ aud: 'user-service-staff', roles: ['support'], acr: 'aal2' });
  });

  it('SR-72 never asks for a factor that is not good enough for staff', async () => {
    const account = await createStaff(auth, 'support');
    auth.neighbours.factors = [{ id: uuidv7(), type: 'sms', hint: '' }, totpFactor, passkeyFactor];
    expect((await signInAtConsole(auth, account)).body.factors).toEqual([passkeyFactor]);
    auth.neighbours.factors = [{ id: uuidv7(), type: 'sms', hint: '' }, totpFactor];
    expect((await signInAtConsole(auth, account)).body.factors).toEqual([totpFactor]);
    auth.neighbours.factors = [{ id: uuidv7(), type: 'sms', hint: '' }];
    const { body } = await signInAtConsole(auth, account);
    expect(body.factors).toEqual([expect.objectContaining({ id: body.loginId, type: 'email' })]);
  });
});

describe('POST /v1/auth/login elsewhere', () => {
  it('401 for staff who are no customers', async () => {
    const account = await createStaff(auth, 'admin');
    const { status, body } = await signIn(auth, account);
    expect([status, body.code]).toEqual([401, 'auth.credentials.invalid']);
    expect(await ledgerOf(account.id)).toContain('auth.sign_in.failed client');
  });

  it('200 for who is both, with the role of a customer alone', async () => {
    const account = await createStaff(auth, 'customer', 'admin');
    const { status, body } = await signIn(auth, account);
    expect([status, body.audience]).toEqual([200, 'user-service']);
    expect(claimsOf(body.accessToken)).toMatchObject({ aud: 'user-service', roles: ['customer'] });
  });

  it('422 for the client of enrolments, at any listener', async () => {
    const account = await createStaff(auth, 'admin');
    const asked = { clientId: 'staff-enrolment' };
    expect((await signInAtConsole(auth, account, asked)).body.code).toBe('auth.client.unknown');
    expect((await signIn(auth, account, asked)).body.code).toBe('auth.client.unknown');
  });
});

describe('POST /v1/auth/register/verify at the staff listener', () => {
  it('422 opens no session for staff', async () => {
    const email = freshEmail();
    const { registrationId } = (await post(auth, '/v1/auth/register', registration(email))).body;
    const proof = { registrationId, code: await codeFor(auth, email), clientId: 'staff-console' };
    const { status, body } = await post(auth, '/v1/auth/register/verify', proof, { headers: fromConsole });
    expect([status, body.code]).toEqual([422, 'auth.client.unknown']);
  });
});

describe('POST /v1/auth/login/verify at the console', () => {
  async function pendingOf(account: Account): Promise<string> {
    auth.neighbours.factors = [passkeyFactor];
    return (await signInAtConsole(auth, account)).body.loginId;
  }

  it('SR-72 401 for a recovery code, which mfa is not even asked about', async () => {
    const account = await createStaff(auth, 'admin');
    const loginId = await pendingOf(account);
    const asked = auth.neighbours.asked.proofs.length;
    const { status, body } = await completeAtConsole(auth, { loginId, recoveryCode: 'BFGJFE-QS3PKS-A4FG07-HV884G' });
    expect([status, body.code]).toEqual([401, 'auth.second_factor.invalid']);
    expect(auth.neighbours.asked.proofs).toHaveLength(asked);
    expect(await ledgerOf(account.id)).toContain('auth.sign_in.failed factor');
  });

  it.each(['sms', 'email', 'totp'])('SR-72 401 by %s of whoever has a passkey', async (by) => {
    const account = await createStaff(auth, 'admin');
    const loginId = await pendingOf(account);
    auth.neighbours.proof = { kind: 'accepted', by };
    expect((await completeAtConsole(auth, { loginId, ...answer })).status).toBe(401);
    expect(await sessionsOf(account.id)).toHaveLength(1);
  });

  it('401 for whom the role was taken away meanwhile', async () => {
    const account = await createStaff(auth, 'admin');
    const loginId = await pendingOf(account);
    await auth.database.query(`update auth.users set roles = '{customer}' where id = $1`, [account.id]);
    auth.neighbours.proof = { kind: 'accepted', by: 'webauthn', passkey: syncedPasskey };
    const { status, body } = await completeAtConsole(auth, { loginId, ...answer });
    expect([status, body.code]).toEqual([401, 'auth.login.invalid']);
    expect(await ledgerOf(account.id)).toContain('auth.sign_in.failed client');
  });
});

describe('POST /v1/auth/token/refresh at the console', () => {
  it('SR-72 401 for a session that an authenticator app opened, before staff needed passkeys', async () => {
    const signedIn = await staffSession(auth, await createStaff(auth, 'admin'));
    const { sessionId } = signedIn.body;
    await auth.database.query(`update auth.sessions set amr = '{pwd,otp,mfa}' where id = $1`, [sessionId]);
    expect((await refreshAtConsole(signedIn)).status).toBe(401);
    await auth.database.query(`update auth.sessions set amr = '{pwd,swk,user,mfa}' where id = $1`, [sessionId]);
    expect((await refreshAtConsole(signedIn)).status).toBe(200);
  });

  it('SR-51 never widens a session for enrolment, whoever it is asked for by', async () => {
    const account = await createStaff(auth, 'admin');
    const signedIn = await emailedCode(auth, account);
    const renewed = await refreshAtConsole(signedIn, { clientId: 'staff-console' });
    expect([renewed.status, renewed.body.audience]).toEqual([200, 'enrolment']);
    expect(claimsOf(renewed.body.accessToken)).toMatchObject({ aud: 'enrolment', roles: [] });
    expect((await refreshAtConsole(renewed, { clientId: 'browser' })).status).toBe(401);
  });

  it('SR-47, SR-70 401 once no role of staff is left, and others count at once', async () => {
    const account = await createStaff(auth, 'admin', 'support');
    const signedIn = await staffSession(auth, account);
    await auth.database.query(`update auth.users set roles = '{support,customer}' where id = $1`, [account.id]);
    const renewed = await refreshAtConsole(signedIn);
    expect(claimsOf(renewed.body.accessToken).roles).toEqual(['support']);
    await auth.database.query(`update auth.users set roles = '{customer}' where id = $1`, [account.id]);
    expect((await refreshAtConsole(renewed)).status).toBe(401);
  });

  it('401 for a customer who is none any more', async () => {
    const account = await register(auth);
    await auth.database.query(`update auth.users set roles = '{support}' where id = $1`, [account.id]);
    const { status } = await post(auth, '/v1/auth/token/refresh', { refreshToken: account.refreshToken });
    expect(status).toBe(401);
  });
});

describe('SR-72 at the public listener', () => {
  const owned = routes.filter(({ access }) => access !== 'public').map(({ method, path }) => [method, path] as const);

  it.each(owned)('401 for a token of staff, and one of their enrolment: %s %s', async (method, path) => {
    const account = await createStaff(auth, 'admin', 'customer');
    const session = (await staffSession(auth, account)).body;
    const enrolment = (await emailedCode(auth, await createStaff(auth, 'admin'))).body;
    const target = path.replace(':id', session.sessionId);
    const ends = await Promise.all(
      [session, enrolment].map(({ accessToken: token }) =>
        send(auth, method, target, undefined, { token, headers: { 'x-bank-listener': 'public' } }),
      ),
    );
    for (const { status, body } of ends) expect([status, body.code]).toEqual([401, 'auth.token.invalid']);
    // Neither was ended by it.
    for (const { accessToken: token } of [session, enrolment]) {
      expect((await send(auth, 'GET', '/v1/auth/session', undefined, { token })).status).toBe(200);
    }
  });

  it('200 for their token as a customer, at either listener', async () => {
    const { accessToken: token } = await register(auth);
    for (const listener of ['public', 'staff']) {
      const headers = { 'x-bank-listener': listener };
      expect((await send(auth, 'GET', '/v1/auth/session', undefined, { token, headers })).status).toBe(200);
    }
  });
});

describe('POST /v1/auth/step-up/verify at the console', () => {
  const verify = (token: string, body: object) => post(auth, '/v1/auth/step-up/verify', body, { token });

  it('SR-72 403 for a password, also where no factor is left', async () => {
    const { accessToken } = (await staffSession(auth, await createStaff(auth, 'admin'))).body;
    const { status, body } = await verify(accessToken, { password });
    expect([status, body.code, body.acr]).toEqual([403, 'auth.step_up.required', 'aal2']);
  });

  it('SR-72 200 by a passkey, 401 by anything else', async () => {
    const { accessToken } = (await staffSession(auth, await createStaff(auth, 'admin', 'customer'))).body;
    for (const by of ['sms', 'totp', 'email']) {
      auth.neighbours.proof = { kind: 'accepted', by };
      expect((await verify(accessToken, answer)).status).toBe(401);
    }
    auth.neighbours.proof = { kind: 'accepted', by: 'webauthn', passkey: syncedPasskey };
    const { status, body } = await verify(accessToken, { ...answer, response: assertion() });
    expect([status, claimsOf(body.accessToken).roles]).toEqual([200, ['admin']]);
  });

  it('401 once no role of staff is left', async () => {
    const account = await createStaff(auth, 'admin');
    const { accessToken } = (await staffSession(auth, account)).body;
    await auth.database.query(`update auth.users set roles = '{customer}' where id = $1`, [account.id]);
    auth.neighbours.proof = { kind: 'accepted', by: 'webauthn', passkey: syncedPasskey };
    expect((await verify(accessToken, answer)).status).toBe(401);
  });
});
