import { describe, expect, it } from 'vitest';
import { type Account, freshEmail, messagesTo, refresh, register, signIn } from './support/accounts.ts';
import { startAuth } from './support/auth.ts';
import { get, post } from './support/http.ts';

const auth = await startAuth();

/** The tokens of a session as they lie in the database, oldest first. */
function lineage(sessionId: string) {
  return auth.database.query(
    'select generation, consumed_at, nonce from auth.refresh_tokens where session_id = $1 order by generation, id',
    [sessionId],
  );
}

async function isOver(account: Account): Promise<boolean> {
  const [row] = await auth.database.query('select end_reason from auth.sessions where id = $1', [account.sessionId]);
  return row?.['end_reason'] === 'token_reuse';
}

describe('POST /v1/auth/token/refresh', () => {
  it('200 rotates the token and leaves the session as it is', async () => {
    const account = await register(auth);
    const { status, body } = await refresh(auth, account.refreshToken);
    expect(status).toBe(200);
    expect(body).toMatchObject({ sessionId: account.sessionId, acr: 'aal1', expiresIn: 300 });
    expect(body.refreshToken).not.toBe(account.refreshToken);
    expect(body.device).toEqual({ id: account.device.id });
    expect((await get(auth, '/v1/auth/session', body.accessToken)).body.id).toBe(account.sessionId);
    expect((await refresh(auth, body.refreshToken)).status).toBe(200);
  });

  it('SR-50 200 gives the same successor again to the same device within ten seconds', async () => {
    const account = await register(auth);
    const first = await refresh(auth, account.refreshToken, account.device.secret);
    auth.clock.advance(9000);
    const again = await refresh(auth, account.refreshToken, account.device.secret);
    expect([again.status, again.body.refreshToken]).toEqual([200, first.body.refreshToken]);
    expect(await lineage(account.sessionId)).toHaveLength(2);
    expect((await refresh(auth, first.body.refreshToken)).status).toBe(200);
  });

  it.each<[string, (account: Account) => Promise<unknown>, (account: Account) => string | undefined]>([
    ['without the device secret', async () => undefined, () => undefined],
    ['with the secret of another device', async () => undefined, () => otherDevice],
    ['after ten seconds', async () => auth.clock.advance(10_100), (account) => account.device.secret],
  ])('SR-49 401 for a second use %s: the session ends and the user is told', async (_, wait, secretOf) => {
    const account = await register(auth);
    const { body: next } = await refresh(auth, account.refreshToken, account.device.secret);
    await wait(account);
    const { status, body } = await refresh(auth, account.refreshToken, secretOf(account));
    expect([status, body.code]).toEqual([401, 'auth.refresh.invalid']);
    expect(await isOver(account)).toBe(true);
    expect((await refresh(auth, next.refreshToken, account.device.secret)).status).toBe(401);
    expect((await messagesTo(auth, account.id)).at(-1)?.template).toBe('refresh-token-reuse');
    const events = await auth.database.query(
      `select 1 from auth.outbox where subject = $1 and type in ('auth.token_reuse_detected.v1', 'auth.session_revoked.v1')`,
      [account.id],
    );
    expect(events).toHaveLength(2);
  });

  it('SR-50 401 for a second use once the successor was spent, and nothing is left to derive it from', async () => {
    const account = await register(auth);
    const { body: next } = await refresh(auth, account.refreshToken, account.device.secret);
    await refresh(auth, next.refreshToken, account.device.secret);
    const [first] = await lineage(account.sessionId);
    expect(first?.['nonce']).toBeNull();
    expect((await refresh(auth, account.refreshToken, account.device.secret)).status).toBe(401);
    expect(await isOver(account)).toBe(true);
  });

  it('forgets nonces when the grace is over', async () => {
    const account = await register(auth);
    await refresh(auth, account.refreshToken);
    auth.clock.advance(11_000);
    const { forgetNonces } = await import('#features/session/forget-nonces.ts');
    await forgetNonces(auth.ctx);
    const [first] = await lineage(account.sessionId);
    expect(first?.['nonce']).toBeNull();
  });

  it.each([
    ['cut', (token: string) => token.slice(0, -1)],
    ['longer', (token: string) => `${token}A`],
    ['in other case', (token: string) => token.toUpperCase()],
    ['with another secret', (token: string) => `${token.slice(0, 40)}${'A'.repeat(43)}`],
    ['of another kind', (token: string) => token.replace(/^rt_/, 'dv_')],
  ])('SR-44 401 for a token that is %s, and the session lives on', async (_, change) => {
    const account = await register(auth);
    const { status, body } = await refresh(auth, change(account.refreshToken));
    expect([status, body.code]).toEqual([401, 'auth.refresh.invalid']);
    expect((await refresh(auth, account.refreshToken)).status).toBe(200);
  });

  it('SR-45 401 after fifteen idle minutes', async () => {
    const account = await register(auth);
    auth.clock.advance(14 * 60_000);
    const { body } = await refresh(auth, account.refreshToken);
    auth.clock.advance(15 * 60_000 + 1000);
    expect((await refresh(auth, body.refreshToken)).status).toBe(401);
  });

  it('SR-45, SR-51 401 after twelve hours, however often it was used, and no access token outlives them', async () => {
    const account = await register(auth);
    let token = account.refreshToken;
    await auth.database.query(`update auth.sessions set absolute_expires_at = $2 where id = $1`, [
      account.sessionId,
      new Date(auth.clock.now().getTime() + 120_000),
    ]);
    const last = await refresh(auth, token);
    expect(last.body.expiresIn).toBeLessThanOrEqual(120);
    expect(last.body.refreshExpiresIn).toBeLessThanOrEqual(120);
    token = last.body.refreshToken;
    auth.clock.advance(121_000);
    expect((await refresh(auth, token)).status).toBe(401);
    expect((await get(auth, '/v1/auth/session', last.body.accessToken)).status).toBe(200); // within the accepted skew
    auth.clock.advance(10_000);
    expect((await get(auth, '/v1/auth/session', last.body.accessToken)).status).toBe(401);
  });

  it('SR-47 401 for a user who is stopped', async () => {
    const account = await register(auth);
    await auth.database.query(`update auth.users set status = 'locked' where id = $1`, [account.id]);
    expect((await refresh(auth, account.refreshToken)).status).toBe(401);
  });

  it('401 for another client than the session is of', async () => {
    const account = await register(auth);
    const { status } = await post(auth, '/v1/auth/token/refresh', {
      refreshToken: account.refreshToken,
      clientId: 'mobile',
    });
    expect(status).toBe(401);
  });

  it('401 without a token', async () => {
    expect((await post(auth, '/v1/auth/token/refresh', {})).body.code).toBe('auth.refresh.invalid');
  });

  it('SR-44 stores no token', async () => {
    const account = await register(auth);
    const rows = await auth.database.query('select * from auth.refresh_tokens where session_id = $1', [
      account.sessionId,
    ]);
    const secret = Buffer.from(account.refreshToken.slice(-43), 'base64url');
    for (const row of rows) {
      for (const value of Object.values(row)) {
        if (Buffer.isBuffer(value)) expect(value.equals(secret)).toBe(false);
        else expect(String(value)).not.toContain(account.refreshToken.slice(-43));
      }
    }
  });
});

const stranger = await register(auth, freshEmail());
const otherDevice: string = (await signIn(auth, stranger)).body.device.secret;
