import { describe, expect, it } from 'vitest';
import { loadClients } from '#features/client/load-clients.ts';
import { forgetDevice } from '#features/session/forget-device.ts';
import { codeFor, freshEmail, password, refresh, register, registration, signIn } from './support/accounts.ts';
import { origin, staffOrigin, startAuth } from './support/auth.ts';
import { type Answer, post } from './support/http.ts';
import { totpFactor } from './support/neighbours.ts';
import { claimsOf, createStaff, signInAtConsole, staffSession } from './support/staff.ts';

const auth = await startAuth({ env: { WEB_ORIGINS: `${origin},https://shop.bank.example` } });

const fromPage = (cookie?: string, from = origin) => ({
  headers: { origin: from, ...(cookie === undefined ? {} : { cookie }) },
});

function cookieOf(answer: Answer, name: string): string | undefined {
  return answer.headers.getSetCookie().find((cookie) => cookie.startsWith(`${name}=`));
}

const deviceCookie = /^__Secure-device=dv_[^;]+; Path=\/v1\/auth; Max-Age=34560000; Secure; HttpOnly; SameSite=Strict$/;
const pair = (cookie: string | undefined) => cookie?.split(';', 1)[0] ?? '';

async function signInFromPage(account: { email: string }): Promise<Answer> {
  const body = { identifier: account.email, password, clientId: 'browser' };
  return await post(auth, '/v1/auth/login', body, fromPage());
}

describe('SR-61 a client with cookie delivery', () => {
  it('gets its secrets in cookies that only these routes see, and nothing of them in the body', async () => {
    const answer = await signInFromPage(await register(auth));
    expect(answer.status).toBe(200);
    expect(JSON.stringify(answer.body)).not.toMatch(/rt_|dv_/);
    for (const name of ['__Secure-refresh', '__Secure-device']) {
      expect(cookieOf(answer, name)).toMatch(/; Path=\/v1\/auth; Max-Age=\d+; Secure; HttpOnly; SameSite=Strict$/);
    }
    expect(cookieOf(answer, '__Secure-refresh')).toMatch(/Max-Age=(900|899);/);
  });

  it('registers the same way', async () => {
    const email = freshEmail();
    const { body } = await post(auth, '/v1/auth/register', registration(email));
    const request = { registrationId: body.registrationId, code: await codeFor(auth, email), clientId: 'browser' };
    const verified = await post(auth, '/v1/auth/register/verify', request, fromPage());
    expect(verified.status).toBe(201);
    expect(cookieOf(verified, '__Secure-refresh')).toContain('rt_');
    expect(cookieOf(verified, '__Secure-device')).toMatch(deviceCookie);
    expect(JSON.stringify(verified.body)).not.toMatch(/rt_|dv_/);
  });

  it('refreshes by the cookie, twice within the grace by the device cookie', async () => {
    const signedIn = await signInFromPage(await register(auth));
    const [token, device] = ['__Secure-refresh', '__Secure-device'].map((name) => pair(cookieOf(signedIn, name)));
    const again = fromPage(`${token}; ${device}`);
    const first = await post(auth, '/v1/auth/token/refresh', {}, again);
    const second = await post(auth, '/v1/auth/token/refresh', {}, again);
    expect([first.status, second.status]).toEqual([200, 200]);
    expect(pair(cookieOf(first, '__Secure-refresh'))).toBe(pair(cookieOf(second, '__Secure-refresh')));
    expect(pair(cookieOf(first, '__Secure-refresh'))).not.toBe(token);
  });

  it('stays known by its device cookie', async () => {
    const account = await register(auth);
    const signedIn = await signInFromPage(account);
    const device = pair(cookieOf(signedIn, '__Secure-device'));
    const body = { identifier: account.email, password, clientId: 'browser' };
    const again = await post(auth, '/v1/auth/login', body, fromPage(device));
    expect(again.body.device).toEqual({ id: signedIn.body.device.id });
    expect(cookieOf(again, '__Secure-device')).toBeUndefined();
  });

  it.each([
    ['no origin', {}],
    ['a foreign origin', { origin: 'https://evil.example' }],
    ['the origin of the other listener', { origin: staffOrigin }],
  ])('403 from %s, for signing in and for refreshing', async (_, headers) => {
    const account = await register(auth);
    const body = { identifier: account.email, password, clientId: 'browser' };
    expect((await post(auth, '/v1/auth/login', body, { headers })).body.code).toBe('auth.origin.refused');
    const cookie = pair(cookieOf(await signInFromPage(account), '__Secure-refresh'));
    const refreshed = await post(auth, '/v1/auth/token/refresh', {}, { headers: { ...headers, cookie } });
    expect([refreshed.status, refreshed.body.code]).toEqual([403, 'auth.origin.refused']);
  });

  it.each<[number, Record<string, string>]>([
    [200, {}],
    [200, { 'sec-fetch-site': 'same-origin' }],
    [200, { 'sec-fetch-site': 'same-site' }],
    [403, { 'sec-fetch-site': 'cross-site' }],
    [403, { 'sec-fetch-site': 'none' }],
    [403, { origin: 'null' }],
    [403, { origin: `${origin}.evil.example` }],
    [403, { origin: origin.replace('https', 'http') }],
    [403, { origin: `${origin}:8443` }],
    [415, { 'content-type': 'application/x-www-form-urlencoded' }],
    [415, { 'content-type': 'text/plain' }],
    [415, { 'content-type': 'multipart/form-data; boundary=x' }],
  ])('%i to a write with its cookie from a page with %j, as every way in', async (status, changes) => {
    const account = await register(auth);
    const cookie = pair(cookieOf(await signInFromPage(account), '__Secure-refresh'));
    const headers = { origin, cookie, ...changes };
    const refreshed = await post(auth, '/v1/auth/token/refresh', {}, { headers });
    expect(refreshed.status).toBe(status);
    const body = { identifier: account.email, password, clientId: 'browser' };
    expect((await post(auth, '/v1/auth/login', body, { headers })).status).toBe(status);
    if (status === 200) return;
    expect(cookieOf(refreshed, '__Secure-refresh')).toBeUndefined();
    // Nothing was spent: its own page goes on.
    expect((await post(auth, '/v1/auth/token/refresh', {}, fromPage(cookie))).status).toBe(200);
  });

  it('is its own pages and no other page of the bank, where it names them', async () => {
    const other = 'https://shop.bank.example';
    await auth.database.query(
      `insert into auth.clients (id, audience, token_delivery, listener, idle_seconds, absolute_seconds, origins)
        values ('one-page', 'user-service', 'cookie', 'public', 900, 43200, $1)`,
      [[origin]],
    );
    await loadClients(auth.ctx);
    const account = await register(auth);
    const signInAs = (clientId: string, from: string) =>
      post(auth, '/v1/auth/login', { identifier: account.email, password, clientId }, fromPage(undefined, from));
    expect((await signInAs('browser', other)).status).toBe(200);
    expect((await signInAs('one-page', other)).body.code).toBe('auth.origin.refused');
    const cookie = pair(cookieOf(await signInAs('one-page', origin), '__Secure-refresh'));
    const foreign = await post(auth, '/v1/auth/token/refresh', {}, fromPage(cookie, other));
    expect([foreign.status, foreign.body.code]).toEqual([403, 'auth.origin.refused']);
    expect((await post(auth, '/v1/auth/token/refresh', {}, fromPage(cookie))).status).toBe(200);
  });

  it('is signed out by no cookie: that takes its access token', async () => {
    const cookie = pair(cookieOf(await signInFromPage(await register(auth)), '__Secure-refresh'));
    for (const path of ['/v1/auth/logout', '/v1/auth/logout-all']) {
      expect((await post(auth, path, undefined, fromPage(cookie))).status).toBe(401);
    }
    expect((await post(auth, '/v1/auth/token/refresh', {}, fromPage(cookie))).status).toBe(200);
  });

  it('cannot use its token in the body, nor a body client its token in the cookie', async () => {
    const account = await register(auth);
    const cookie = pair(cookieOf(await signInFromPage(account), '__Secure-refresh'));
    expect((await refresh(auth, cookie.slice('__Secure-refresh='.length))).status).toBe(401);
    const foreign = fromPage(`__Secure-refresh=${account.refreshToken}`);
    expect((await post(auth, '/v1/auth/token/refresh', {}, foreign)).status).toBe(401);
  });

  it('loses the refresh cookie when it signs out', async () => {
    const signedIn = await signInFromPage(await register(auth));
    const out = await post(auth, '/v1/auth/logout', undefined, { ...fromPage(), token: signedIn.body.accessToken });
    expect(cookieOf(out, '__Secure-refresh')).toMatch(/^__Secure-refresh=; Path=\/v1\/auth; Max-Age=0;/);
  });
});

describe('SR-61 the device cookie', () => {
  /** The second half of a sign-in from a page, by a factor. */
  async function signInByFactor(account: { email: string }, cookie?: string): Promise<Answer> {
    auth.neighbours.factors = [totpFactor];
    try {
      const body = { identifier: account.email, password, clientId: 'browser' };
      const { loginId } = (await post(auth, '/v1/auth/login', body, fromPage(cookie))).body;
      const challenge = { loginId, factorId: totpFactor.id };
      const { challengeId } = (await post(auth, '/v1/auth/login/challenge', challenge, fromPage(cookie))).body;
      const half = { loginId, challengeId, response: { code: '123456' }, clientId: 'browser' };
      return await post(auth, '/v1/auth/login/verify', half, fromPage(cookie));
    } finally {
      auth.neighbours.factors = [];
    }
  }

  it('is given by the second half of a sign-in, and recognised by the next', async () => {
    const account = await register(auth);
    const first = await signInByFactor(account);
    expect(first.status).toBe(200);
    expect(cookieOf(first, '__Secure-device')).toMatch(deviceCookie);
    expect(JSON.stringify(first.body)).not.toMatch(/rt_|dv_/);
    const again = await signInByFactor(account, pair(cookieOf(first, '__Secure-device')));
    expect(again.body.device).toEqual({ id: first.body.device.id });
    expect(cookieOf(again, '__Secure-device')).toBeUndefined();
  });

  it('is good for the user it was given to: another one in the same browser gets their own', async () => {
    const [one, other] = [await register(auth), await register(auth)];
    const device = pair(cookieOf(await signInFromPage(one), '__Secure-device'));
    const body = { identifier: other.email, password, clientId: 'browser' };
    const signedIn = await post(auth, '/v1/auth/login', body, fromPage(device));
    expect(cookieOf(signedIn, '__Secure-device')).toMatch(deviceCookie);
    expect(pair(cookieOf(signedIn, '__Secure-device'))).not.toBe(device);
  });

  it('SR-20 keeps what it had beside: two people who take turns at one browser stay known, each as themselves', async () => {
    const [one, other] = [await register(auth), await register(auth)];
    const signInWith = (account: { email: string }, cookie?: string) =>
      post(auth, '/v1/auth/login', { identifier: account.email, password, clientId: 'browser' }, fromPage(cookie));
    const first = await signInWith(one);
    const second = await signInWith(other, pair(cookieOf(first, '__Secure-device')));
    const cookie = pair(cookieOf(second, '__Secure-device'));
    for (let turn = 0; turn < 3; turn += 1) {
      for (const [account, before] of [
        [one, first],
        [other, second],
      ] as const) {
        const again = await signInWith(account, cookie);
        expect(again.body.device).toEqual({ id: before.body.device.id });
        expect(cookieOf(again, '__Secure-device')).toBeUndefined();
      }
    }
    const token = pair(cookieOf(first, '__Secure-refresh'));
    const twice = [1, 2].map(() => post(auth, '/v1/auth/token/refresh', {}, fromPage(`${token}; ${cookie}`)));
    expect((await Promise.all(twice)).map(({ status }) => status)).toEqual([200, 200]);
    const devices = 'select 1 from auth.devices where user_id = any($1)';
    expect(await auth.database.query(devices, [[one.id, other.id]])).toHaveLength(4); // with those of the registrations
  });

  it('keeps nothing of what is no secret', async () => {
    const body = { identifier: (await register(auth)).email, password, clientId: 'browser' };
    const answer = await post(auth, '/v1/auth/login', body, fromPage('__Secure-device=dv_x~"\\~dv_1.2'));
    expect(answer.status).toBe(200);
    expect(cookieOf(answer, '__Secure-device')).toMatch(deviceCookie);
    expect(cookieOf(answer, '__Secure-device')).not.toContain('~');
  });

  it('keeps five, the newest first', async () => {
    let cookie: string | undefined;
    for (let people = 0; people < 6; people += 1) {
      const body = { identifier: (await register(auth)).email, password, clientId: 'browser' };
      cookie = pair(cookieOf(await post(auth, '/v1/auth/login', body, fromPage(cookie)), '__Secure-device'));
    }
    expect(cookie?.split('~')).toHaveLength(5);
  });

  it('of a device that was removed is replaced at the next sign-in', async () => {
    const account = await register(auth);
    const first = await signInFromPage(account);
    const device = pair(cookieOf(first, '__Secure-device'));
    await forgetDevice(auth.ctx, { userId: account.id, deviceId: first.body.device.id });
    const body = { identifier: account.email, password, clientId: 'browser' };
    const again = await post(auth, '/v1/auth/login', body, fromPage(device));
    expect(again.body.device.id).not.toBe(first.body.device.id);
    expect(cookieOf(again, '__Secure-device')).toMatch(deviceCookie);
  });
});

describe('SR-61 a client with secrets in the body', () => {
  it('gets the secret of its device there alone, from every path that opens a session, and is recognised by it', async () => {
    const email = freshEmail();
    const { body: begun } = await post(auth, '/v1/auth/register', registration(email));
    const proof = { registrationId: begun.registrationId, code: await codeFor(auth, email) };
    const registered = await post(auth, '/v1/auth/register/verify', proof);
    const device = { secret: registered.body.device.secret };
    expect(device.secret).toMatch(/^dv_/);
    auth.neighbours.factors = [totpFactor];
    const { loginId } = (await signIn(auth, { email }, { device })).body;
    const challenge = { loginId, factorId: totpFactor.id };
    const { challengeId } = (await post(auth, '/v1/auth/login/challenge', challenge)).body;
    const half = { loginId, challengeId, response: { code: '123456' }, device };
    const verified = await post(auth, '/v1/auth/login/verify', half);
    auth.neighbours.factors = [];
    const signedIn = await signIn(auth, { email }, { device });
    for (const answer of [verified, signedIn]) {
      expect(answer.body.device).toEqual({ id: registered.body.device.id });
    }
    for (const answer of [registered, verified, signedIn]) expect(answer.headers.getSetCookie()).toEqual([]);
  });
});

describe('the staff client', () => {
  it('exists on the staff listener alone, with an audience of its own', async () => {
    const account = await createStaff(auth, 'customer', 'support');
    const staff = await staffSession(auth, account);
    expect(staff.status).toBe(200);
    expect(claimsOf(staff.body.accessToken).aud).toBe('user-service-staff');
    expect((await signIn(auth, account, {})).status).toBe(200);
    expect((await signIn(auth, account, { clientId: 'staff-console' })).body.code).toBe('auth.client.unknown');
    expect((await signInAtConsole(auth, account, { clientId: 'web' })).body.code).toBe('auth.client.unknown');
    const cookie = pair(cookieOf(staff, '__Secure-refresh'));
    expect((await post(auth, '/v1/auth/token/refresh', {}, fromPage(cookie))).status).toBe(401);
  });
});
