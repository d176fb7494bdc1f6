import { beforeEach, describe, expect, it } from 'vitest';
import { password, register, signIn } from './support/accounts.ts';
import { startAuth } from './support/auth.ts';
import { get, post } from './support/http.ts';
import { totpFactor } from './support/neighbours.ts';

const auth = await startAuth();
const unknown = { id: totpFactor.id, type: 'unknown', hint: '' };

beforeEach(() => {
  // As a mfa answers that has the factor from a release beside it: it lists it, and cannot ask for it.
  Object.assign(auth.neighbours, { factors: [unknown], started: { kind: 'unknown' } });
});

describe('SR-29: whoever has nothing but a factor that this release does not know', () => {
  it('is let in by no password alone, on a known device neither: what there is is told, and that it cannot be asked', async () => {
    auth.neighbours.factors = [];
    const account = await register(auth);
    auth.neighbours.factors = [unknown];
    const { status, body } = await signIn(auth, account, { device: { secret: account.device.secret } });
    expect([status, body]).toMatchObject([200, { status: 'mfa_required', factors: [unknown] }]);
    const { loginId } = body;
    const asked = await post(auth, '/v1/auth/login/challenge', { loginId, factorId: unknown.id });
    expect([asked.status, asked.body.code]).toEqual([401, 'auth.login.invalid']);
    // By mail neither.
    expect((await post(auth, '/v1/auth/login/challenge', { loginId, factorId: loginId })).status).toBe(401);
  });

  it('signs in by a recovery code', async () => {
    const account = await register(auth);
    const { loginId } = (await signIn(auth, account)).body;
    auth.neighbours.proof = { kind: 'accepted', by: 'recovery_code' };
    const proof = { loginId, recoveryCode: '7Q2M4D-09XKTB-7Q2M4D-09XKTB' };
    const { status, body } = await post(auth, '/v1/auth/login/verify', proof);
    expect([status, body.acr]).toEqual([200, 'aal2']);
  });

  it('steps up by no password, and is told 404 for the factor', async () => {
    const { accessToken: token } = await register(auth);
    const byPassword = await post(auth, '/v1/auth/step-up/verify', { password }, { token });
    expect([byPassword.status, byPassword.body.code]).toEqual([403, 'auth.step_up.required']);
    const asked = await post(auth, '/v1/auth/step-up/challenge', { factorId: unknown.id }, { token });
    expect([asked.status, asked.body.code]).toEqual([404, 'factor.not_found']);
    expect((await get(auth, '/v1/auth/session', token)).body.acr).toBe('aal1');
  });
});
