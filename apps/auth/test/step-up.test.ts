import { uuidv7 } from '@bank/domain';
import { raceOf, until, winners } from '@bank/testing';
import { beforeEach, describe, expect, it } from 'vitest';
import { type Account, messagesTo, password, refresh, register } from './support/accounts.ts';
import { startAuth } from './support/auth.ts';
import { get, post } from './support/http.ts';
import { totpFactor } from './support/neighbours.ts';

const auth = await startAuth();
const answer = { challengeId: uuidv7(), response: { code: '123456' } };

beforeEach(() => {
  auth.neighbours.factors = [];
  auth.neighbours.proof = { kind: 'accepted', by: 'totp' };
});

const challenge = (token: string, factorId: string) =>
  post(auth, '/v1/auth/step-up/challenge', { factorId }, { token });
const verify = (token: string, body: object = answer) => post(auth, '/v1/auth/step-up/verify', body, { token });

async function told(account: Account, type: string): Promise<number> {
  const rows = await auth.database.query(
    `select 1 from auth.outbox where subject = $1 and coalesce(data->>'action', type) = $2`,
    [account.id, type],
  );
  return rows.length;
}

describe('POST /v1/auth/step-up/challenge', () => {
  it('200 asks for a factor', async () => {
    const account = await register(auth);
    const { status, body } = await challenge(account.accessToken, totpFactor.id);
    expect(status).toBe(200);
    expect(body).toMatchObject({ type: 'totp', challengeId: expect.any(String) });
  });

  it("404 for a factor that is not the user's, 401 without a token, 422 for no id", async () => {
    const account = await register(auth);
    const { started } = auth.neighbours;
    auth.neighbours.started = { kind: 'unknown' };
    const foreign = await challenge(account.accessToken, uuidv7());
    auth.neighbours.started = started;
    expect([foreign.status, foreign.body.code]).toEqual([404, 'factor.not_found']);
    expect((await post(auth, '/v1/auth/step-up/challenge', { factorId: uuidv7() })).status).toBe(401);
    expect((await challenge(account.accessToken, 'mine')).status).toBe(422);
  });

  it('503 while mfa is away', async () => {
    const account = await register(auth);
    const { started } = auth.neighbours;
    auth.neighbours.started = undefined;
    const { status } = await challenge(account.accessToken, totpFactor.id);
    auth.neighbours.started = started;
    expect(status).toBe(503);
  });
});

describe('SR-29 whoever has emailed codes as their only factor', () => {
  it('confirms with the password, at aal1, and never with such a code', async () => {
    const account = await register(auth);
    auth.neighbours.factors = [{ id: totpFactor.id, type: 'email', hint: '' }];
    expect(await verify(account.accessToken, { password })).toMatchObject({ status: 200, body: { acr: 'aal1' } });
    auth.neighbours.proof = { kind: 'accepted', by: 'email' };
    const other = await register(auth);
    expect((await verify(other.accessToken)).status).toBe(401);
  });

  it('403 with the password for whoever has text messages', async () => {
    const account = await register(auth);
    auth.neighbours.factors = [{ id: totpFactor.id, type: 'sms', hint: '' }];
    expect((await verify(account.accessToken, { password })).status).toBe(403);
  });
});

describe('POST /v1/auth/step-up/verify with a factor', () => {
  it('200 the same session at aal2, authenticated now, with new tokens', async () => {
    const account = await register(auth);
    auth.clock.advance(60_000);
    const { status, body } = await verify(account.accessToken);
    expect(status).toBe(200);
    expect(body).toMatchObject({ sessionId: account.sessionId, acr: 'aal2', device: { id: account.device.id } });
    const session = await get(auth, '/v1/auth/session', body.accessToken);
    expect(session.body).toMatchObject({ acr: 'aal2', amr: ['pwd', 'otp', 'mfa'] });
    expect(auth.clock.now().getTime() - Date.parse(session.body.authTime)).toBeLessThan(5000);
    expect(await told(account, 'auth.stepped_up.v1')).toBe(1);
    expect(await told(account, 'auth.stepped_up')).toBe(1);
  });

  it('200 with what every route that gives tokens takes; 422 for another client than that of the session', async () => {
    const account = await register(auth);
    const device = { secret: account.device.secret, platform: 'ios', model: 'iPhone17,3' };
    const named = await verify(account.accessToken, { ...answer, clientId: 'web', device });
    expect([named.status, named.body.acr]).toEqual([200, 'aal2']);
    for (const clientId of ['mobile', 'staff-console', 'nobodys']) {
      const other = await verify(named.body.accessToken, { ...answer, clientId });
      expect([other.status, other.body.code]).toEqual([422, 'auth.client.unknown']);
    }
    const byPassword = await verify(named.body.accessToken, { password, clientId: 'mobile' });
    expect(byPassword.body.code).toBe('auth.client.unknown');
  });

  it('SR-24 mfa judges for this session alone', async () => {
    const account = await register(auth);
    await verify(account.accessToken);
    expect(auth.neighbours.asked.proofs.at(-1)).toEqual({
      binding: { userId: account.id, purpose: 'step_up', bindingId: account.sessionId, audience: 'user-service' },
      proof: { challengeId: answer.challengeId, answer: { code: '123456' } },
    });
  });

  it('SR-44 the refresh token of before is dead, and a theft in other hands; the new one keeps the level', async () => {
    const account = await register(auth);
    const { body } = await verify(account.accessToken);
    const renewed = await refresh(auth, body.refreshToken, account.device.secret);
    expect([renewed.status, renewed.body.acr]).toEqual([200, 'aal2']);

    const other = await register(auth);
    await verify(other.accessToken);
    expect((await refresh(auth, other.refreshToken)).status).toBe(401);
    const alerts = (await messagesTo(auth, other.id)).filter(({ template }) => template === 'refresh-token-reuse');
    expect(alerts).toHaveLength(1);
  });

  it('SR-44 the access token of before is dead within a second, the new one is good', async () => {
    const account = await register(auth);
    const { body } = await verify(account.accessToken);
    const session = async (token: string) => (await get(auth, '/v1/auth/session', token)).status;
    expect(await session(body.accessToken)).toBe(200);
    await until(async () => (await session(account.accessToken)) === 401, { deadlineMs: 1000 });
    expect([await session(body.accessToken), body.sessionId]).toEqual([200, account.sessionId]);
    const { body: renewed } = await refresh(auth, body.refreshToken, account.device.secret);
    expect(await session(renewed.accessToken)).toBe(200);
  });

  it('SR-44 neither does a token give its successor again that was spent before', async () => {
    const account = await register(auth);
    const { body } = await refresh(auth, account.refreshToken, account.device.secret);
    await verify(body.accessToken);
    expect((await refresh(auth, account.refreshToken, account.device.secret)).status).toBe(401);
  });

  it('SR-51 the absolute end of the session stays', async () => {
    const account = await register(auth);
    const end = () =>
      auth.database.query('select absolute_expires_at from auth.sessions where id = $1', [account.sessionId]);
    const before = await end();
    auth.clock.advance(60_000);
    await verify(account.accessToken);
    expect(await end()).toEqual(before);
  });

  it.each([
    ['wrong', { kind: 'wrong' }, 401, 'auth.second_factor.invalid'],
    ['over', { kind: 'closed' }, 404, 'challenge.not_found'],
    ['one too many', { kind: 'locked', retryAfterSeconds: 900 }, 429, 'auth.second_factor.locked'],
    ['worth nothing (SR-29)', { kind: 'accepted', by: 'email' }, 401, 'auth.second_factor.invalid'],
    ['not judged', undefined, 503, 'service.unavailable'],
  ] as const)('an answer that is %s leaves the session as it is', async (_, proof, status, code) => {
    const account = await register(auth);
    auth.neighbours.proof = proof;
    const refused = await verify(account.accessToken);
    expect([refused.status, refused.body.code]).toEqual([status, code]);
    const session = await auth.database.query('select acr from auth.sessions where id = $1', [account.sessionId]);
    expect(session).toEqual([{ acr: 'aal1' }]);
    expect(await told(account, 'auth.step_up.failed')).toBe(proof?.kind === 'wrong' ? 1 : 0);
  });

  it('401 once the session is over', async () => {
    const account = await register(auth);
    await auth.database.query('update auth.sessions set revoked_at = now() where id = $1', [account.sessionId]);
    expect((await verify(account.accessToken)).status).toBe(401);
  });

  it('the refresh cookie comes new as well, for a client that has it in one', async () => {
    const account = await register(auth);
    const headers = { origin: 'https://app.bank.example' };
    const login = await post(
      auth,
      '/v1/auth/login',
      { identifier: account.email, password, clientId: 'browser' },
      { headers },
    );
    const { body, headers: answered } = await verify(login.body.accessToken);
    expect(body).toMatchObject({ acr: 'aal2' });
    expect(body).not.toHaveProperty('refreshToken');
    expect(answered.get('set-cookie')).toContain('__Secure-refresh=');
  });

  it.each([
    ['neither', {}],
    ['both', { ...answer, password }],
    ['half of one', { challengeId: uuidv7() }],
    ['a code of nothing', { code: '123456' }],
  ])('422 for %s proof', async (_, proof) => {
    const { status, body } = await verify((await register(auth)).accessToken, proof);
    expect([status, body.errors[0].rule]).toEqual([422, 'one_proof']);
  });
});

describe('SR-50 step-ups and refreshes of one session at once', () => {
  it('leave one live refresh token', { timeout: 120_000 }, async () => {
    for (let round = 0; round < 20; round += 1) {
      const account = await register(auth);
      const answers = await raceOf(8, (number) =>
        number % 2 === 0 ? verify(account.accessToken) : refresh(auth, account.refreshToken, account.device.secret),
      );
      expect(winners(answers).filter(({ status }) => status >= 500)).toEqual([]);
      const live = await auth.database.query(
        'select 1 from auth.refresh_tokens where session_id = $1 and consumed_at is null',
        [account.sessionId],
      );
      expect(live).toHaveLength(1);
    }
  });
});
