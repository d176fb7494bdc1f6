import { uuidv7 } from '@bank/domain';
import { raceOf, winners } from '@bank/testing';
import { beforeEach, describe, expect, it } from 'vitest';
import { type Account, register, signIn } from './support/accounts.ts';
import { get, post } from './support/http.ts';
import { totpFactor } from './support/neighbours.ts';
import { assertion, passkeyChallenge, syncedPasskey } from './support/passkeys.ts';
import { toldAbout } from './support/passwords.ts';
import { sharedAuth } from './support/shared-auth.ts';
import { claimsOf } from './support/staff.ts';

const auth = await sharedAuth();
const code = '123456';
/** More than the service has connections. */
const contestants = 16;
const recoveryCode = '7Q2M4D-09XKTB-7Q2M4D-09XKTB';

beforeEach(() => {
  auth.neighbours.factors = [totpFactor];
  auth.neighbours.proof = { kind: 'accepted', by: 'totp' };
});

async function pending(account: { email: string }, changes: object = {}) {
  const { body } = await signIn(auth, account, changes);
  const { loginId } = body;
  const challenge = await post(auth, '/v1/auth/login/challenge', { loginId, factorId: totpFactor.id });
  return { loginId, challengeId: challenge.body.challengeId, challenge, body };
}

const verify = (body: object) => post(auth, '/v1/auth/login/verify', body);

async function answer(account: Account, changes: object = {}) {
  const { loginId, challengeId } = await pending(account);
  return verify({ loginId, challengeId, response: { code }, ...changes });
}

/** The account of a person who has just enrolled, and registered before there was a factor. */
function enrolled(): Promise<Account> {
  return register(auth);
}

describe('a user with a factor', () => {
  it('200 mfa_required after the password, and no token yet', async () => {
    const { body, challenge } = await pending(await enrolled());
    expect(body).toEqual({
      status: 'mfa_required',
      loginId: expect.any(String),
      factors: [totpFactor],
      expiresIn: 600,
    });
    expect(challenge).toMatchObject({ status: 200, body: { type: 'totp' } });
    expect(challenge.body.expiresIn).toBeGreaterThan(200);
  });

  it('401 auth.second_factor.clock_off where mfa says so, counted like any wrong code', async () => {
    const account = await enrolled();
    auth.neighbours.proof = { kind: 'wrong', isClockOff: true };
    const { status, body } = await answer(account);
    expect([status, body.code]).toEqual([401, 'auth.second_factor.clock_off']);
  });

  it('SR-29 an emailed code of an enrolled factor leaves aal1, and says to which address it goes', async () => {
    const account = await enrolled();
    auth.neighbours.factors = [{ id: totpFactor.id, type: 'email', hint: '' }];
    auth.neighbours.proof = { kind: 'accepted', by: 'email' };
    const { body } = await pending(account);
    const hint = account.email.replace(/^(.)[^@]*/, '$1***');
    expect(body.factors).toEqual([{ id: totpFactor.id, type: 'email', hint }]);
    expect(await answer(account)).toMatchObject({ status: 200, body: { acr: 'aal1' } });
  });

  it('200 a session at aal2 by a text message', async () => {
    const account = await enrolled();
    auth.neighbours.factors = [{ id: totpFactor.id, type: 'sms', hint: '' }];
    auth.neighbours.proof = { kind: 'accepted', by: 'sms' };
    const { status, body } = await answer(account);
    expect([status, body.acr]).toEqual([200, 'aal2']);
    const session = await get(auth, '/v1/auth/session', body.accessToken);
    expect(session.body.amr).toEqual(['pwd', 'sms', 'mfa']);
  });

  it('SR-16 the same 401 as anybody for a wrong password', async () => {
    const account = await enrolled();
    const withFactor = await signIn(auth, account, { password: 'not the right one' });
    auth.neighbours.factors = [];
    const without = await signIn(auth, account, { password: 'not the right one' });
    withFactor.body.requestId = without.body.requestId;
    expect(withFactor.body).toEqual(without.body);
  });

  it('200 a session at aal2 by the code, on a device that is known from then on', async () => {
    const account = await enrolled();
    const { status, body } = await answer(account);
    expect(status).toBe(200);
    expect(body).toMatchObject({ acr: 'aal2', device: { secret: expect.any(String) } });
    const session = await get(auth, '/v1/auth/session', body.accessToken);
    expect(session.body).toMatchObject({ acr: 'aal2', amr: ['pwd', 'otp', 'mfa'] });
    const known = await auth.database.query(
      'select 1 from auth.devices where user_id = $1 and id = $2 and known_at is not null',
      [account.id, body.device.id],
    );
    expect(known).toHaveLength(1);
  });

  it('SR-24 mfa judges for this user and this sign-in alone', async () => {
    const account = await enrolled();
    const { loginId, challengeId } = await pending(account);
    await verify({ loginId, challengeId, response: { code } });
    expect(auth.neighbours.asked.proofs.at(-1)).toEqual({
      binding: { userId: account.id, purpose: 'sign_in', bindingId: loginId, audience: 'user-service' },
      proof: { challengeId, answer: { code } },
    });
  });

  it('200 by a passkey, which is asked with what mfa says', async () => {
    const account = await enrolled();
    auth.neighbours.factors = [{ id: totpFactor.id, type: 'webauthn', hint: '' }];
    auth.neighbours.proof = { kind: 'accepted', by: 'webauthn', passkey: syncedPasskey };
    const usual = auth.neighbours.started;
    auth.neighbours.started = passkeyChallenge;
    const { loginId, challengeId, challenge } = await pending(account);
    auth.neighbours.started = usual;
    expect(challenge.body).toMatchObject({ type: 'webauthn', options: passkeyChallenge.question });
    const response = assertion();
    const { status, body } = await verify({ loginId, challengeId, response });
    expect([status, body.acr, claimsOf(body.accessToken).amr]).toEqual([200, 'aal2', ['pwd', 'swk', 'user', 'mfa']]);
    expect(auth.neighbours.asked.proofs.at(-1)).toMatchObject({
      binding: { audience: 'user-service' },
      proof: { challengeId, answer: { assertion: { credentialId: response.id } } },
    });
  });

  it('200 at aal3 by a passkey that cannot leave its device, for which its maker vouches', async () => {
    const passkey = { ...syncedPasskey, isDeviceBound: true, isAttested: true };
    auth.neighbours.proof = { kind: 'accepted', by: 'webauthn', passkey };
    const { loginId, challengeId } = await pending(await enrolled());
    expect((await verify({ loginId, challengeId, response: assertion() })).body.acr).toBe('aal3');
  });

  it('401 for a passkey where a code was sent by email', async () => {
    auth.neighbours.factors = [];
    auth.neighbours.verdict = 'challenge';
    const { loginId } = (await signIn(auth, await register(auth))).body;
    auth.neighbours.verdict = 'allow';
    const { status, body } = await verify({ loginId, challengeId: uuidv7(), response: assertion() });
    expect([status, body.code]).toEqual([401, 'auth.second_factor.invalid']);
  });

  it('200 by a recovery code, without a challenge', async () => {
    const { loginId } = await pending(await enrolled());
    auth.neighbours.proof = { kind: 'accepted', by: 'recovery_code' };
    const { status, body } = await verify({ loginId, recoveryCode });
    expect([status, body.acr]).toEqual([200, 'aal2']);
    expect(auth.neighbours.asked.proofs.at(-1)?.proof).toEqual({ recoveryCode });
    const session = await get(auth, '/v1/auth/session', body.accessToken);
    expect(session.body.amr).toEqual(['pwd', 'recovery', 'mfa']);
  });

  it('SR-29 a factor that raises nothing leaves the session at aal1', async () => {
    auth.neighbours.proof = { kind: 'accepted', by: 'email' };
    expect((await answer(await enrolled())).body.acr).toBe('aal1');
  });

  it('401 for a wrong answer, which is told of; the right one still opens the session', async () => {
    const account = await enrolled();
    const half = await pending(account);
    const request = { loginId: half.loginId, challengeId: half.challengeId, response: { code } };
    auth.neighbours.proof = { kind: 'wrong' };
    expect((await verify(request)).body.code).toBe('auth.second_factor.invalid');
    const failed = await auth.database.query(`select data from auth.outbox where subject = $1 and type = $2`, [
      account.id,
      'auth.sign_in_failed.v1',
    ]);
    expect(failed).toMatchObject([{ data: { reason: 'SIGN_IN_FAILURE_REASON_FACTOR' } }]);
    auth.neighbours.proof = { kind: 'accepted', by: 'totp' };
    expect((await verify(request)).status).toBe(200);
  });

  it('SR-25 401 after five tries, however many challenges they are spread over', async () => {
    const account = await enrolled();
    const { loginId } = await pending(account);
    auth.neighbours.proof = { kind: 'wrong' };
    for (let tries = 0; tries < 5; tries += 1) {
      const { status } = await verify({ loginId, challengeId: uuidv7(), response: { code } });
      expect(status).toBe(401);
    }
    auth.neighbours.proof = { kind: 'accepted', by: 'totp' };
    const dead = await verify({ loginId, challengeId: uuidv7(), response: { code } });
    expect([dead.status, dead.body.code]).toEqual([401, 'auth.login.invalid']);
  });

  it('429 while mfa takes no answers of the user, to the challenge and to the code', async () => {
    const locked = { kind: 'locked', retryAfterSeconds: 900 } as const;
    auth.neighbours.proof = locked;
    const refused = await answer(await enrolled());
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, '900']);
    const { started } = auth.neighbours;
    auth.neighbours.started = locked;
    const { challenge } = await pending(await enrolled());
    auth.neighbours.started = started;
    expect([challenge.status, challenge.body.code]).toEqual([429, 'auth.second_factor.locked']);
  });

  it("401 for a challenge that is over, and for somebody else's factor", async () => {
    auth.neighbours.proof = { kind: 'closed' };
    expect((await answer(await enrolled())).body.code).toBe('auth.login.invalid');
    const { started } = auth.neighbours;
    auth.neighbours.started = { kind: 'unknown' };
    const { challenge } = await pending(await enrolled());
    auth.neighbours.started = started;
    expect([challenge.status, challenge.body.code]).toEqual([401, 'auth.login.invalid']);
  });

  it('503 while mfa is away, and the try stays counted', async () => {
    const { loginId, challengeId } = await pending(await enrolled());
    auth.neighbours.proof = undefined;
    const away = await verify({ loginId, challengeId, response: { code } });
    expect([away.status, away.headers.get('retry-after')]).toEqual([503, '2']);
    const [row] = await auth.database.query<{ attempts: number }>('select attempts from auth.sign_ins where id = $1', [
      loginId,
    ]);
    expect(row?.attempts).toBe(1);
  });

  it('401 for a sign-in that is completed, of another client, or whose password changed', async () => {
    const account = await enrolled();
    const half = await pending(account);
    const request = { loginId: half.loginId, challengeId: half.challengeId, response: { code } };
    expect((await verify({ ...request, clientId: 'mobile' })).status).toBe(401);
    expect((await verify(request)).status).toBe(200);
    expect((await verify(request)).status).toBe(401);
    const second = await pending(account);
    await auth.database.query(
      `update auth.credentials set changed_at = now() + interval '1 second' where user_id = $1`,
      [account.id],
    );
    const changed = await verify({ loginId: second.loginId, challengeId: second.challengeId, response: { code } });
    expect([changed.status, changed.body.code]).toEqual([401, 'auth.login.invalid']);
  });

  it.each([
    ['neither', {}],
    ['both', { challengeId: uuidv7(), response: { code }, recoveryCode }],
    ['half of one', { challengeId: uuidv7() }],
  ])('422 for %s proof', async (_, proof) => {
    const { status, body } = await verify({ loginId: uuidv7(), ...proof });
    expect([status, body.errors[0].rule]).toEqual([422, 'one_proof']);
  });
});

describe('SR-21 two proofs of one sign-in at once', () => {
  it('open one session', { timeout: 120_000 }, async () => {
    for (let round = 0; round < 20; round += 1) {
      const account = await enrolled();
      const { loginId } = await pending(account);
      const before = (await toldAbout(auth, account.id)).length;
      const answers = await raceOf(contestants, (number) =>
        verify(number % 2 === 0 ? { loginId, recoveryCode } : { loginId, challengeId: uuidv7(), response: { code } }),
      );
      expect(winners(answers).filter(({ status }) => status === 200)).toHaveLength(1);
      const [row] = await auth.database.query<{ count: string }>(
        `select count(*) from auth.sessions where user_id = $1 and acr = 'aal2'`,
        [account.id],
      );
      expect(row?.count).toBe('1');
      const told = (await toldAbout(auth, account.id)).slice(before);
      expect(told.filter((what) => what === 'auth.sign_in.succeeded')).toHaveLength(1);
    }
  });
});
