import { uuidv7 } from '@bank/domain';
import { describe, expect, it } from 'vitest';
import type { PasskeyFacts } from '#adapters/factors/assertion.ts';
import { type Account, codeFor, password, refresh, register, signIn } from './support/accounts.ts';
import { type Answer, get, post } from './support/http.ts';
import { passkeyFactor } from './support/neighbours.ts';
import { assertion, passkeyOf, passkeySignIn, syncedPasskey } from './support/passkeys.ts';
import { askForToken, newPassword, reset } from './support/passwords.ts';
import { sharedAuth } from './support/shared-auth.ts';
import { claimsOf } from './support/staff.ts';

const auth = await sharedAuth();

type Method = 'totp' | 'sms' | 'email' | 'webauthn' | 'recovery_code';

const enrollable = ['totp', 'sms', 'email', 'webauthn'] as const;

/** What each method makes of a session that a password began, beside `pwd`. */
const worth: Readonly<Record<Method, { readonly acr: string; readonly amr: readonly string[] }>> = {
  totp: { acr: 'aal2', amr: ['otp', 'mfa'] },
  sms: { acr: 'aal2', amr: ['sms', 'mfa'] },
  email: { acr: 'aal1', amr: ['otp'] },
  webauthn: { acr: 'aal2', amr: ['swk', 'user', 'mfa'] },
  recovery_code: { acr: 'aal2', amr: ['recovery', 'mfa'] },
};

/** Every set of kinds of factors that a user can have. */
const sets = Array.from({ length: 2 ** enrollable.length }, (_, set) =>
  enrollable.filter((_kind, index) => (set >> index) % 2 === 1),
);

/** What mfa lists of them: emailed codes only to whoever has nothing better, and never for a step-up (SR-29). */
function listed(enrolled: readonly Method[], path: 'sign_in' | 'step_up'): readonly Method[] {
  const better = enrolled.filter((type) => type !== 'email');
  return better.length > 0 || path === 'step_up' ? better : enrolled;
}

/** What a sign-in can be answered with: what is listed, and a recovery code of whoever has what gave them some. */
function answerable(enrolled: readonly Method[]): readonly Method[] {
  const methods = listed(enrolled, 'sign_in');
  return enrolled.some((type) => type !== 'email') ? [...methods, 'recovery_code'] : methods;
}

/** Makes mfa know of these factors, from now on. */
function enrol(enrolled: readonly Method[], path: 'sign_in' | 'step_up'): void {
  auth.neighbours.factors = listed(enrolled, path).map((type) => ({ ...passkeyFactor, id: uuidv7(), type, hint: '' }));
}

/** A passkey of which a trusted maker says that it cannot leave its device. */
const hardwarePasskey: PasskeyFacts = { isUserVerified: true, isDeviceBound: true, isAttested: true };

/** Makes mfa accept the next answer as that of a method. */
function proveBy(by: Method, passkey = syncedPasskey): object {
  auth.neighbours.proof = by === 'webauthn' ? { kind: 'accepted', by, passkey } : { kind: 'accepted', by };
  if (by === 'recovery_code') return { recoveryCode: '7Q2M4D-09XKTB-7Q2M4D-09XKTB' };
  return { challengeId: uuidv7(), response: by === 'webauthn' ? assertion() : { code: '123456' } };
}

async function newcomer(): Promise<Account> {
  Object.assign(auth.neighbours, { factors: [], verdict: 'allow', deviceTrustedAt: undefined });
  return await register(auth);
}

/** How the session of an answer stands: in its token, and as the service tells of it. */
async function standing({ body }: Answer) {
  const { acr, amr } = claimsOf(body.accessToken);
  const { body: session } = await get(auth, '/v1/auth/session', body.accessToken);
  expect({ acr: session.acr, amr: session.amr }).toEqual({ acr, amr });
  return { acr, amr };
}

/** A password, and what is asked for after it. */
async function byPassword(account: Account, secret: string, by: Method, passkey?: PasskeyFacts): Promise<Answer> {
  const begun = await signIn(auth, account, { password: secret });
  expect(begun.body).toMatchObject({ status: 'mfa_required' });
  expect(begun.body.accessToken).toBeUndefined();
  return await post(auth, '/v1/auth/login/verify', { loginId: begun.body.loginId, ...proveBy(by, passkey) });
}

describe.each(sets.map((enrolled) => ({ enrolled, name: enrolled.join(', ') || 'nothing' })))(
  'SR-28, SR-29 whoever has enrolled $name',
  ({ enrolled }) => {
    const signInMethods = answerable(enrolled);
    const stepUpMethods = listed(enrolled, 'step_up');
    const raising = stepUpMethods.length > 0;

    it('by a password alone: a session where there is nothing to ask for, and none otherwise', async () => {
      const account = await newcomer();
      enrol(enrolled, 'sign_in');
      const begun = await signIn(auth, account, { device: { secret: account.device.secret } });
      if (enrolled.length > 0) {
        expect(begun.body).toMatchObject({ status: 'mfa_required' });
        expect(begun.body.factors.map(({ type }: { type: string }) => type)).toEqual(listed(enrolled, 'sign_in'));
      } else {
        expect(await standing(begun)).toEqual({ acr: 'aal1', amr: ['pwd', 'device'] });
        const elsewhere = await signIn(auth, account);
        expect(await standing(elsewhere)).toEqual({ acr: 'aal1', amr: ['pwd'] });
      }
    });

    it('by a password alone on a device that is trusted: aal1, whatever there is to ask for', async () => {
      const account = await newcomer();
      enrol(enrolled, 'sign_in');
      auth.neighbours.deviceTrustedAt = new Date(auth.clock.now().getTime());
      const signedIn = await signIn(auth, account, { device: { secret: account.device.secret } });
      expect(await standing(signedIn)).toEqual({ acr: 'aal1', amr: ['pwd', 'device'] });
    });

    it('by a password and an emailed code that nobody enrolled: aal1 where there is nothing to ask for, and never otherwise', async () => {
      const account = await newcomer();
      enrol(enrolled, 'sign_in');
      auth.neighbours.verdict = 'challenge';
      const { loginId } = (await signIn(auth, account)).body;
      const asked = await post(auth, '/v1/auth/login/challenge', { loginId, factorId: loginId });
      if (enrolled.length > 0) {
        expect([asked.status, asked.body.code]).toEqual([401, 'auth.login.invalid']);
        return;
      }
      const proof = { challengeId: asked.body.challengeId, response: { code: await codeFor(auth, account.id) } };
      const signedIn = await post(auth, '/v1/auth/login/verify', { loginId, ...proof });
      expect(await standing(signedIn)).toEqual({ acr: 'aal1', amr: ['pwd', 'otp'] });
    });

    it('by a password and each of what is asked for, and the refreshed session is worth the same', async () => {
      for (const by of signInMethods) {
        const account = await newcomer();
        enrol(enrolled, 'sign_in');
        const signedIn = await byPassword(account, password, by);
        const expected = { acr: worth[by].acr, amr: ['pwd', ...worth[by].amr] };
        expect([by, await standing(signedIn)]).toEqual([by, expected]);
        const renewed = await refresh(auth, signedIn.body.refreshToken, signedIn.body.device?.secret);
        expect([by, await standing(renewed)]).toEqual([by, expected]);
      }
    });

    it('by a password that was just reset: what was asked for before is asked for still', async () => {
      const account = await newcomer();
      enrol(enrolled, 'sign_in');
      const token = await askForToken(auth, account);
      const answer = await reset(auth, token);
      expect([answer.status, answer.body?.accessToken]).toEqual([204, undefined]);
      const [by] = signInMethods;
      if (by === undefined) return;
      expect((await standing(await byPassword(account, newPassword, by))).acr).toBe(worth[by].acr);
    });

    it('by a passkey alone: two factors in one, for its owner', async () => {
      const account = await newcomer();
      enrol(enrolled, 'sign_in');
      auth.neighbours.passkey = enrolled.includes('webauthn') ? passkeyOf(account) : { kind: 'wrong' };
      const answer = await passkeySignIn(auth);
      if (!enrolled.includes('webauthn')) expect(answer.status).toBe(401);
      else expect(await standing(answer)).toEqual({ acr: 'aal2', amr: ['swk', 'user', 'mfa'] });
    });

    it('by a step-up with each of what is asked for: the session rises to what that is worth, and keeps its password', async () => {
      for (const by of stepUpMethods) {
        const account = await newcomer();
        enrol(enrolled, 'step_up');
        const stepped = await post(auth, '/v1/auth/step-up/verify', proveBy(by), { token: account.accessToken });
        const { acr, amr } = await standing(stepped);
        // Registration proved the address beside the password; a factor takes the place of that.
        expect([by, acr, amr]).toEqual([by, worth[by].acr, ['pwd', ...worth[by].amr]]);
      }
    });

    it('by a passkey that cannot leave its device, on each path: aal3', async () => {
      if (!enrolled.includes('webauthn')) return;
      const amr = ['hwk', 'user', 'mfa'];
      const account = await newcomer();
      enrol(enrolled, 'step_up');
      const proof = proveBy('webauthn', hardwarePasskey);
      const stepped = await post(auth, '/v1/auth/step-up/verify', proof, { token: account.accessToken });
      const beside = await byPassword(account, password, 'webauthn', hardwarePasskey);
      for (const signedIn of [stepped, beside]) {
        expect(await standing(signedIn)).toEqual({ acr: 'aal3', amr: ['pwd', ...amr] });
      }
      auth.neighbours.passkey = passkeyOf(account, hardwarePasskey);
      expect(await standing(await passkeySignIn(auth))).toEqual({ acr: 'aal3', amr });
    });

    it('by a step-up with the password: renewed at aal1 where no factor raises, and refused where one does', async () => {
      const account = await newcomer();
      enrol(enrolled, 'step_up');
      const stepped = await post(auth, '/v1/auth/step-up/verify', { password }, { token: account.accessToken });
      if (raising) expect([stepped.status, stepped.body.code]).toEqual([403, 'auth.step_up.required']);
      else expect(await standing(stepped)).toEqual({ acr: 'aal1', amr: ['pwd', 'device'] });
    });

    it('by a step-up with a code by email: never', async () => {
      const account = await newcomer();
      enrol(enrolled, 'step_up');
      const stepped = await post(auth, '/v1/auth/step-up/verify', proveBy('email'), { token: account.accessToken });
      expect(stepped.status).toBe(401);
    });
  },
);
