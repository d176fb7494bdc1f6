import { uuidv7 } from '@bank/domain';
import { raceOf, winners } from '@bank/testing';
import { beforeEach, describe, expect, it } from 'vitest';
import { type Account, refresh, register } from './support/accounts.ts';
import { startAuth } from './support/auth.ts';
import { get, post } from './support/http.ts';
import { toldAbout } from './support/passwords.ts';
import { prover, registerBound } from './support/possession.ts';

const auth = await startAuth({ env: { DATABASE_POOL_MAX: '6' } });

beforeEach(() => {
  auth.neighbours.factors = [];
  auth.neighbours.proof = { kind: 'accepted', by: 'totp' };
});

const stepUp = ({ accessToken: token }: Account) =>
  post(auth, '/v1/auth/step-up/verify', { challengeId: uuidv7(), response: { code: '123456' } }, { token });

async function endReasonOf({ sessionId }: Account) {
  const [row] = await auth.database.query('select end_reason from auth.sessions where id = $1', [sessionId]);
  return row?.['end_reason'];
}

describe('the refresh token that a step-up has overtaken', () => {
  it('SR-49 401 to the same device within ten seconds, without an alarm and without a successor', async () => {
    const account = await register(auth);
    const { body } = await stepUp(account);
    auth.clock.advance(9000);
    const late = await refresh(auth, account.refreshToken, account.device.secret);
    expect([late.status, late.body.code]).toEqual([401, 'auth.refresh.invalid']);
    expect(late.headers.getSetCookie()).toEqual([]);
    expect(await toldAbout(auth, account.id)).not.toContain('auth.token.reuse_detected');
    expect((await refresh(auth, body.refreshToken, account.device.secret)).status).toBe(200);
  });

  it('SR-49 so is one that another tab spent just before the step-up', async () => {
    const account = await register(auth);
    await refresh(auth, account.refreshToken, account.device.secret);
    const { body } = await stepUp(account);
    expect((await refresh(auth, account.refreshToken, account.device.secret)).status).toBe(401);
    expect((await refresh(auth, body.refreshToken, account.device.secret)).status).toBe(200);
  });

  it('SR-49 so is one of a session that is bound to a key, to whoever proves that', async () => {
    const client = prover(auth);
    const { id, accessToken, refreshToken } = await registerBound(auth, client);
    const proof = { challengeId: uuidv7(), response: { code: '123456' } };
    const { body } = await client.send('POST', '/v1/auth/step-up/verify', accessToken, proof);
    expect((await client.post('/v1/auth/token/refresh', { refreshToken })).status).toBe(401);
    expect(await toldAbout(auth, id)).not.toContain('auth.token.reuse_detected');
    const next = { refreshToken: body.refreshToken };
    expect((await client.post('/v1/auth/token/refresh', next)).status).toBe(200);
  });

  it.each<[string, (account: Account) => string | undefined, number]>([
    ['without the device secret', () => undefined, 0],
    ['with the secret of another device', () => otherDevice, 0],
    ['after ten seconds', ({ device }) => device.secret, 10_100],
  ])('SR-49 is a stolen one %s: the session ends', async (_, secretOf, waitMs) => {
    const account = await register(auth);
    const { body } = await stepUp(account);
    auth.clock.advance(waitMs);
    expect((await refresh(auth, account.refreshToken, secretOf(account))).status).toBe(401);
    expect(await endReasonOf(account)).toBe('token_reuse');
    expect((await refresh(auth, body.refreshToken, account.device.secret)).status).toBe(401);
  });

  it('SR-49 is a stolen one once what came of the step-up was spent', async () => {
    const account = await register(auth);
    const { body } = await stepUp(account);
    await refresh(auth, body.refreshToken, account.device.secret);
    await refresh(auth, account.refreshToken, account.device.secret);
    expect(await endReasonOf(account)).toBe('token_reuse');
  });

  it('SR-50 is no theft in a race of tabs: the step-up stays, twenty times', { timeout: 120_000 }, async () => {
    for (let round = 0; round < 20; round += 1) {
      const account = await register(auth);
      const answers = winners(
        await raceOf(8, (number) =>
          number === round % 8 ? stepUp(account) : refresh(auth, account.refreshToken, account.device.secret),
        ),
      );
      const stepped = answers[round % 8];
      expect(stepped?.status).toBe(200);
      expect(await endReasonOf(account)).toBeNull();
      expect(await toldAbout(auth, account.id)).not.toContain('auth.token.reuse_detected');
      const live = 'select 1 from auth.refresh_tokens where session_id = $1 and consumed_at is null';
      expect(await auth.database.query(live, [account.sessionId])).toHaveLength(1);
      const next = await refresh(auth, stepped?.body.refreshToken, account.device.secret);
      expect(next.status).toBe(200);
      expect((await get(auth, '/v1/auth/session', next.body.accessToken)).body.acr).toBe('aal2');
    }
  });
});

const otherDevice: string = (await register(auth)).device.secret;
