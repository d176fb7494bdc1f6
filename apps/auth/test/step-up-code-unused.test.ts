import { beforeEach, describe, expect, it } from 'vitest';
import { messagesTo, password, register, signIn } from './support/accounts.ts';
import { startAuth } from './support/auth.ts';
import { type Answer, post } from './support/http.ts';
import { passkeyFactor, totpFactor } from './support/neighbours.ts';
import { createStaff, staffSession } from './support/staff.ts';

const auth = await startAuth();

beforeEach(() => {
  auth.neighbours.factors = [];
});

interface Opened {
  readonly accessToken: string;
  readonly sessionId: string;
}

const ask = ({ accessToken: token, sessionId: factorId }: Opened) =>
  post(auth, '/v1/auth/step-up/challenge', { factorId }, { token });
const sayPassword = ({ accessToken: token }: Opened) =>
  post(auth, '/v1/auth/step-up/verify', { password, code: '000000' }, { token });
const mailsTo = async (id: string) =>
  (await messagesTo(auth, id)).filter(({ template }) => template === 'step-up-code').length;

/** What the caller is told, but for the id of the request. */
function told({ status, body: { requestId: _, ...rest } }: Answer): object {
  return { status, ...rest };
}

describe('SR-18 a code by mail that could never count is not sent', () => {
  it.each([
    ['an authenticator app', totpFactor],
    ['a passkey', passkeyFactor],
    ['text messages', { id: totpFactor.id, type: 'sms', hint: '' }],
    ['a factor that is not known here', { id: totpFactor.id, type: 'iris', hint: '' }],
  ])('to whoever has %s: 403, as with the password', async (_what, factor) => {
    const account = await register(auth);
    const { body: opened } = await signIn(auth, account);
    auth.neighbours.factors = [factor];
    const refused = await ask(opened);
    expect(refused).toMatchObject({ status: 403, body: { code: 'auth.step_up.required', acr: 'aal2' } });
    expect(told(refused)).toEqual(told(await sayPassword(opened)));
    expect(await mailsTo(account.id)).toBe(0);
  });

  it('SR-72 to staff: 403, as with the password', async () => {
    const account = await createStaff(auth, 'support');
    const { body: opened } = await staffSession(auth, account);
    const refused = await ask(opened);
    expect(refused).toMatchObject({ status: 403, body: { code: 'auth.step_up.required', acr: 'aal2' } });
    expect(told(refused)).toEqual(told(await sayPassword(opened)));
    expect(await mailsTo(account.id)).toBe(0);
  });

  it('while mfa does not say who has a factor: 503, as with the password', async () => {
    const account = await register(auth);
    const { body: opened } = await signIn(auth, account);
    auth.neighbours.factors = undefined;
    const refused = await ask(opened);
    expect(refused.status).toBe(503);
    expect(told(refused)).toEqual(told(await sayPassword(opened)));
    expect(await mailsTo(account.id)).toBe(0);
  });

  it('on a device that is known, where the password does without: 404', async () => {
    const account = await register(auth);
    expect(await ask(account)).toMatchObject({ status: 404, body: { code: 'factor.not_found' } });
    expect((await sayPassword(account)).status).toBe(200);
    expect(await mailsTo(account.id)).toBe(0);
  });

  it('but to whoever has no more than codes by mail, which take no place of the password', async () => {
    const account = await register(auth);
    const { body: opened } = await signIn(auth, account);
    auth.neighbours.factors = [{ id: totpFactor.id, type: 'email', hint: '' }];
    expect((await ask(opened)).status).toBe(200);
    expect(await mailsTo(account.id)).toBe(1);
  });
});
