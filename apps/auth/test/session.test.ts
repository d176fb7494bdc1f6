import { until } from '@bank/testing';
import { describe, expect, it } from 'vitest';
import { type Account, password, refresh, register, signIn } from './support/accounts.ts';
import { startAuth } from './support/auth.ts';
import { get, post, send } from './support/http.ts';
import { claimsOf } from './support/staff.ts';

const auth = await startAuth();

const logout = (token: string) => post(auth, '/v1/auth/logout', undefined, { token });
const end = (id: string, token: string) => send(auth, 'DELETE', `/v1/auth/sessions/${id}`, undefined, { token });

/** Waits until an access token is refused; it must not take longer than a second (SR-46). */
async function refused(token: string): Promise<void> {
  const isRefused = async () => (await get(auth, '/v1/auth/session', token)).status === 401;
  await until(isRefused, { deadlineMs: 1000, what: 'the token is refused' });
}

describe('POST /v1/auth/logout', () => {
  it('SR-46 204 ends the session: refresh at once, the access token within a second', async () => {
    const account = await register(auth);
    expect((await logout(account.accessToken)).status).toBe(204);
    expect((await refresh(auth, account.refreshToken, account.device.secret)).status).toBe(401);
    await refused(account.accessToken);
  });

  it('leaves the other sessions alone', async () => {
    const account = await register(auth);
    const other = await signIn(auth, account);
    await logout(account.accessToken);
    await refused(account.accessToken);
    expect((await get(auth, '/v1/auth/session', other.body.accessToken)).status).toBe(200);
  });

  it('401 without a token', async () => {
    const { status, body, headers } = await post(auth, '/v1/auth/logout');
    expect([status, body.code]).toEqual([401, 'auth.token.missing']);
    expect(headers.get('www-authenticate')).toMatch(/^Bearer/);
  });
});

describe('POST /v1/auth/logout-all', () => {
  it('204 ends every session of the user and nobody else', async () => {
    const [account, neighbour] = [await register(auth), await register(auth)];
    const other = await signIn(auth, account);
    expect((await post(auth, '/v1/auth/logout-all', undefined, { token: account.accessToken })).status).toBe(204);
    await refused(account.accessToken);
    await refused(other.body.accessToken);
    expect((await refresh(auth, other.body.refreshToken)).status).toBe(401);
    expect((await get(auth, '/v1/auth/session', neighbour.accessToken)).status).toBe(200);
    expect((await signIn(auth, account)).status).toBe(200);
  });
});

describe('GET /v1/auth/session', () => {
  it('200 says what the token says', async () => {
    const account = await register(auth);
    const { status, body } = await get(auth, '/v1/auth/session', account.accessToken);
    expect(status).toBe(200);
    const { exp } = claimsOf(account.accessToken);
    expect(body).toEqual({
      id: account.sessionId,
      acr: 'aal1',
      amr: ['pwd', 'otp'],
      authTime: expect.stringMatching(/Z$/),
      deviceId: account.device.id,
      expiresAt: new Date(Number(exp) * 1000).toISOString(),
    });
  });

  it('401 for a token that was changed', async () => {
    const { accessToken } = await register(auth);
    const [header, , signature] = accessToken.split('.');
    const claims = Buffer.from(JSON.stringify({ sub: 'me' })).toString('base64url');
    expect((await get(auth, '/v1/auth/session', `${header}.${claims}.${signature}`)).status).toBe(401);
  });
});

describe('GET /v1/auth/sessions', () => {
  it('SR-48 200 lists the live sessions of the caller, newest first, without a secret', async () => {
    const account = await register(auth);
    const { body: second } = await signIn(auth, account);
    const { body: third } = await signIn(auth, account);
    await logout(third.accessToken);
    const { status, body } = await get(auth, '/v1/auth/sessions', second.accessToken);
    expect(status).toBe(200);
    expect(body.items.map(({ id, current }: { id: string; current: boolean }) => [id, current])).toEqual([
      [second.sessionId, true],
      [account.sessionId, false],
    ]);
    expect(JSON.stringify(body)).not.toMatch(/rt_|dv_|digest|hash/);
  });

  it('SR-48 200 says of each which device, which network and when it was last used', async () => {
    const account = await register(auth);
    const device = { name: 'Ada’s phone', platform: 'ios', model: 'iPhone17,3' };
    const headers = { 'x-forwarded-for': '198.51.100.77' };
    const login = { identifier: account.email, password, device };
    const { body: phone } = await post(auth, '/v1/auth/login', login, { headers });
    auth.clock.advance(60_000);
    await refresh(auth, phone.refreshToken);
    const { body } = await get(auth, '/v1/auth/sessions', account.accessToken);
    expect(body.items).toMatchObject([
      {
        id: phone.sessionId,
        deviceName: device.name,
        platform: 'ios',
        model: 'iPhone17,3',
        network: '198.51.100.0/24',
      },
      { id: account.sessionId, deviceName: null, platform: null, model: null, network: '127.0.0.0/24' },
    ]);
    const { lastUsedAt, createdAt } = body.items[0];
    expect(Date.parse(lastUsedAt) - Date.parse(createdAt)).toBeGreaterThanOrEqual(60_000);
  });

  it('SR-84 where a session was opened is sealed', async () => {
    const account = await register(auth);
    const device = { name: 'a name that nobody else has' };
    const headers = { 'x-forwarded-for': '198.51.100.78' };
    await post(auth, '/v1/auth/login', { identifier: account.email, password, device }, { headers });
    const rows = await auth.database.query('select * from auth.sessions where user_id = $1', [account.id]);
    const stored = JSON.stringify(rows.map((row) => ({ ...row, origin: String(row['origin']) })));
    for (const secret of [device.name, '198.51.100']) expect(stored).not.toContain(secret);
  });

  it('200 for a session from before that was kept', async () => {
    const account = await register(auth);
    await auth.database.query('update auth.sessions set origin = null where id = $1', [account.sessionId]);
    const { body } = await get(auth, '/v1/auth/sessions', account.accessToken);
    expect(body.items).toMatchObject([{ id: account.sessionId, deviceName: null, network: null }]);
  });

  it('200 goes on page by page', async () => {
    const account = await register(auth);
    await signIn(auth, account);
    const first = await get(auth, '/v1/auth/sessions?limit=1', account.accessToken);
    const second = await get(
      auth,
      `/v1/auth/sessions?limit=1&cursor=${encodeURIComponent(first.body.nextCursor)}`,
      account.accessToken,
    );
    expect(second.body).toMatchObject({ items: [{ id: account.sessionId }], nextCursor: null });
  });

  it.each(['limit=0', 'limit=101', 'cursor=x', 'sort=id'])('422 for ?%s', async (query) => {
    const account = await register(auth);
    expect((await get(auth, `/v1/auth/sessions?${query}`, account.accessToken)).status).toBe(422);
  });
});

describe('DELETE /v1/auth/sessions/{id}', () => {
  it('204 ends it', async () => {
    const account = await register(auth);
    const { body: other } = await signIn(auth, account);
    expect((await end(other.sessionId, account.accessToken)).status).toBe(204);
    await refused(other.accessToken);
  });

  it("SR-48, SR-65 404 alike for somebody else's, an ended one and none", async () => {
    const [account, neighbour] = [await register(auth), await register(auth)];
    const { body: ended } = await signIn(auth, account);
    await end(ended.sessionId, account.accessToken);
    const none = '01980000-0000-7000-8000-000000000001';
    for (const id of [neighbour.sessionId, ended.sessionId, none]) {
      const { status, body } = await end(id, account.accessToken);
      expect([status, body.code]).toEqual([404, 'auth.session.not_found']);
    }
    expect((await get(auth, '/v1/auth/session', neighbour.accessToken)).status).toBe(200);
  });

  it('SR-45 404 for one that has lapsed unused, as the list has it, which ends with it all the same', async () => {
    const account = await register(auth);
    const { body: lapsed } = await signIn(auth, account);
    const at = auth.clock.now();
    await auth.database.query('update auth.sessions set idle_expires_at = $2 where id = $1', [lapsed.sessionId, at]);
    expect((await get(auth, '/v1/auth/sessions', account.accessToken)).body.items).toHaveLength(1);
    expect((await end(lapsed.sessionId, account.accessToken)).status).toBe(404);
    // Its access token has some minutes left.
    await refused(lapsed.accessToken);
  });

  it('422 for an id that is none', async () => {
    const account = await register(auth);
    expect((await end('1', account.accessToken)).status).toBe(422);
  });
});

describe('POST /v1/auth/logout-others', () => {
  it('SR-48 204 ends every session of the caller but this one, and nobody else’s', async () => {
    const [account, neighbour] = [await register(auth), await register(auth)];
    const others = [(await signIn(auth, account)).body, (await signIn(auth, account)).body];
    const answer = await post(auth, '/v1/auth/logout-others', undefined, { token: account.accessToken });
    expect(answer.status).toBe(204);
    for (const { accessToken } of others) await refused(accessToken);
    for (const { accessToken } of [account, neighbour]) {
      expect((await get(auth, '/v1/auth/session', accessToken)).status).toBe(200);
    }
    expect((await refresh(auth, account.refreshToken, account.device.secret)).status).toBe(200);
    expect((await refresh(auth, others[0].refreshToken)).status).toBe(401);
  });

  it('204 also where there is no other; 401 without a token', async () => {
    const account = await register(auth);
    expect((await post(auth, '/v1/auth/logout-others', undefined, { token: account.accessToken })).status).toBe(204);
    expect((await post(auth, '/v1/auth/logout-others')).status).toBe(401);
  });
});

describe('GET /v1/auth/me', () => {
  it('SR-83 200 says who one is, and nobody keeps it', async () => {
    const account = await register(auth);
    const { status, body, headers } = await get(auth, '/v1/auth/me', account.accessToken);
    expect(status).toBe(200);
    expect(headers.get('cache-control')).toBe('no-store');
    expect(body).toEqual({
      id: account.id,
      email: account.email,
      emailVerified: true,
      phone: null,
      phoneCodesFrom: null,
      phoneVerified: false,
      status: 'active',
      roles: ['customer'],
      createdAt: expect.stringMatching(/Z$/),
    });
  });

  it('404 once the personal data is gone', async () => {
    const account: Account = await register(auth);
    await auth.database.query('update auth.users set contact = null where id = $1', [account.id]);
    expect((await get(auth, '/v1/auth/me', account.accessToken)).status).toBe(404);
  });
});
