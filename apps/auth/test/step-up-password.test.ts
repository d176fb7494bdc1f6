import { raceOf, winners } from '@bank/testing';
import { beforeEach, describe, expect, it } from 'vitest';
import { type Account, codeFor, messagesTo, password, register, signIn, steppedUp } from './support/accounts.ts';
import { startAuth } from './support/auth.ts';
import { get, post } from './support/http.ts';
import { totpFactor } from './support/neighbours.ts';
import { toldAbout } from './support/passwords.ts';

const auth = await startAuth();

beforeEach(() => {
  auth.neighbours.factors = [];
});

const challenge = (token: string, factorId: string) =>
  post(auth, '/v1/auth/step-up/challenge', { factorId }, { token });
const verify = (token: string, body: object) => post(auth, '/v1/auth/step-up/verify', body, { token });

/** A session that began by password alone, on a device that is not known. */
async function onUnknownDevice(account: Account) {
  const { body } = await signIn(auth, account);
  return body as { accessToken: string; sessionId: string; refreshToken: string };
}

describe('POST /v1/auth/step-up/verify with the password', () => {
  it('200 authenticated now, at aal1, on a device that is known', async () => {
    const account = await register(auth);
    auth.clock.advance(60_000);
    const { status, body } = await verify(account.accessToken, { password });
    expect([status, body.acr, body.sessionId]).toEqual([200, 'aal1', account.sessionId]);
    const session = await get(auth, '/v1/auth/session', body.accessToken);
    expect(session.body).toMatchObject({ acr: 'aal1', amr: ['pwd', 'device'] });
    expect(auth.clock.now().getTime() - Date.parse(session.body.authTime)).toBeLessThan(5000);
  });

  it('SR-31 403 for a user who has a factor, and 503 while mfa does not say', async () => {
    const account = await register(auth);
    auth.neighbours.factors = [totpFactor];
    const refused = await verify(account.accessToken, { password });
    expect([refused.status, refused.body.code, refused.body.acr]).toEqual([403, 'auth.step_up.required', 'aal2']);
    auth.neighbours.factors = undefined;
    expect((await verify(account.accessToken, { password })).status).toBe(503);
  });

  it('a session that was at aal2 is at aal1 afterwards', async () => {
    const account = await register(auth);
    const { body } = await verify(await steppedUp(auth, account.accessToken), { password });
    expect(body.acr).toBe('aal1');
  });

  it('SR-13 401 for a wrong password, which counts in the pools of the sign-ins: 429 after five', async () => {
    const account = await register(auth);
    const known = { device: { secret: account.device.secret } };
    for (let tries = 0; tries < 5; tries += 1) {
      const wrong = await verify(account.accessToken, { password: 'not the right one' });
      expect([wrong.status, wrong.body.code]).toEqual([401, 'auth.credentials.invalid']);
    }
    expect((await verify(account.accessToken, { password })).status).toBe(429);
    expect((await signIn(auth, account, known)).status).toBe(429);
    expect((await signIn(auth, account)).status).toBe(200);
    const told = await toldAbout(auth, account.id);
    expect(told.filter((one) => one === 'auth.step_up.failed credentials')).toHaveLength(5);
    expect(told.filter((one) => one === 'auth.locked.v1')).toHaveLength(1);
  });

  it.each([
    [3, ['3']],
    [2, []],
  ])('SR-20 is told of after %i wrong passwords as %j', async (failures, told) => {
    const account = await register(auth);
    for (let tries = 0; tries < failures; tries += 1)
      await verify(account.accessToken, { password: 'not the right one' });
    expect((await verify(account.accessToken, { password })).status).toBe(200);
    const notices = (await messagesTo(auth, account.id)).filter(
      ({ template }) => template === 'sign-in-after-failures',
    );
    expect(notices.map(({ params }) => params['failures'])).toEqual(told);
  });

  it('403 on a device that is not known, until an emailed code comes with it', async () => {
    const account = await register(auth);
    const { accessToken, sessionId } = await onUnknownDevice(account);
    const alone = await verify(accessToken, { password });
    expect([alone.status, alone.body.code]).toEqual([403, 'auth.step_up.code_required']);
    const asked = await challenge(accessToken, sessionId);
    expect(asked.body).toMatchObject({ type: 'email', expiresIn: 600 });
    const code = await codeFor(auth, account.id);
    const { status, body } = await verify(accessToken, { password, code });
    expect([status, body.acr]).toEqual([200, 'aal1']);
    expect((await verify(body.accessToken, { password, code })).status).toBe(401);
  });

  it('SR-24, SR-25, SR-26 the code is of this session and purpose, the newest, and bears five tries', async () => {
    const account = await register(auth);
    const mine = await onUnknownDevice(account);
    const other = await onUnknownDevice(account);
    await challenge(other.accessToken, other.sessionId);
    const foreign = await codeFor(auth, account.id);
    await challenge(mine.accessToken, mine.sessionId);
    const older = await codeFor(auth, account.id);
    auth.clock.advance(30_000);
    await challenge(mine.accessToken, mine.sessionId);
    const newest = await codeFor(auth, account.id);
    const wrong = [foreign, older].filter((code) => code !== newest);
    for (const code of wrong) expect((await verify(mine.accessToken, { password, code })).status).toBe(401);
    await auth.database.query('update auth.step_up_codes set attempts = 5 where session_id = $1', [mine.sessionId]);
    expect((await verify(mine.accessToken, { password, code: newest })).status).toBe(401);
    await auth.database.query('update auth.step_up_codes set attempts = 4 where session_id = $1', [mine.sessionId]);
    expect((await verify(mine.accessToken, { password, code: newest })).status).toBe(200);
  });

  it('SR-18 429 until half a minute after the first code, a minute after the second, and ten after the third', async () => {
    const account = await register(auth);
    const { accessToken, sessionId } = await onUnknownDevice(account);
    for (const pause of [30, 60, 600]) {
      expect((await challenge(accessToken, sessionId)).status).toBe(200);
      const soon = await challenge(accessToken, sessionId);
      expect([soon.status, soon.body.code]).toEqual([429, 'auth.second_factor.locked']);
      const seconds = Number(soon.headers.get('retry-after'));
      expect(seconds).toBeGreaterThan(pause - 5);
      expect(seconds).toBeLessThanOrEqual(pause);
      if (pause < 600) auth.clock.advance(pause * 1000);
    }
    const code = await codeFor(auth, account.id);
    expect((await verify(accessToken, { password, code })).status).toBe(200);
    const sent = (await messagesTo(auth, account.id)).filter(({ template }) => template === 'step-up-code');
    expect(sent).toHaveLength(3);
  });

  it('SR-18 of sixteen who ask for a code of one session at once, one is sent one', { timeout: 120_000 }, async () => {
    for (let round = 0; round < 20; round += 1) {
      const account = await register(auth);
      const { accessToken, sessionId } = await onUnknownDevice(account);
      const answers = winners(await raceOf(16, () => challenge(accessToken, sessionId))).map(({ status }) => status);
      expect(answers.toSorted()).toEqual([200, ...Array(15).fill(429)]);
      const sent = (await messagesTo(auth, account.id)).filter(({ template }) => template === 'step-up-code');
      expect(sent).toHaveLength(1);
    }
  });

  it('SR-25 over all sessions of a user codes lock: another session bears no other five tries', async () => {
    const account = await register(auth);
    let last = await onUnknownDevice(account);
    const statuses: number[] = [];
    for (let tries = 0; tries < 7; tries += 1) {
      if (tries % 2 === 0 && tries < 5) {
        last = await onUnknownDevice(account);
        await challenge(last.accessToken, last.sessionId);
      }
      const code = await codeFor(auth, account.id);
      statuses.push(
        (await verify(last.accessToken, { password, code: code === '000000' ? '111111' : '000000' })).status,
      );
    }
    expect(statuses).toEqual([401, 401, 401, 401, 401, 429, 429]);
    const another = await onUnknownDevice(account);
    expect((await challenge(another.accessToken, another.sessionId)).status).toBe(429);
    const code = await codeFor(auth, account.id);
    const refused = await verify(last.accessToken, { password, code });
    expect([refused.status, refused.body.code]).toEqual([429, 'auth.second_factor.locked']);
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    auth.clock.advance(61_000);
    expect((await verify(last.accessToken, { password, code })).status).toBe(200);
  });

  it('SR-22 401 for a code that has expired', async () => {
    const account = await register(auth);
    const { accessToken, sessionId } = await onUnknownDevice(account);
    await challenge(accessToken, sessionId);
    const code = await codeFor(auth, account.id);
    await auth.database.query('update auth.step_up_codes set expires_at = $2 where session_id = $1', [
      sessionId,
      auth.clock.now(),
    ]);
    expect((await verify(accessToken, { password, code })).status).toBe(401);
  });
});
