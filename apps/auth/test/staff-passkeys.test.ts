import { uuidv7 } from '@bank/domain';
import { afterAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { type Account, register, signIn } from './support/accounts.ts';
import type { ToldProof } from './support/factor-kinds.ts';
import { type Answer, get, post, send } from './support/http.ts';
import { passkeyFactor, totpFactor } from './support/neighbours.ts';
import { assertion, passkeyOf, passkeySignIn, syncedPasskey } from './support/passkeys.ts';
import { sharedAuth } from './support/shared-auth.ts';
import {
  claimsOf,
  completeAtConsole,
  createStaff,
  emailedCode,
  fromConsole,
  signInAtConsole,
  staffSession,
} from './support/staff.ts';

const auth = await sharedAuth();
const atConsole = { headers: fromConsole } as const;
const staffClient = { clientId: 'staff-console' } as const;

/** A kind of factor that somebody has alone, and what they answer with it. */
const factors = {
  webauthn: passkeyFactor,
  totp: totpFactor,
  sms: { id: uuidv7(), type: 'sms', hint: '' },
  email: { id: uuidv7(), type: 'email', hint: '' },
} as const;
type Kind = keyof typeof factors;

const proofOf = (by: Kind): ToldProof => ({
  kind: 'accepted',
  by,
  ...(by === 'webauthn' ? { passkey: syncedPasskey } : {}),
});
const responseOf = (by: Kind) => (by === 'webauthn' ? assertion() : { code: '123456' });

beforeEach(() => {
  auth.neighbours.factors = [];
  auth.neighbours.proof = { kind: 'accepted', by: 'totp' };
});

/** What a sign-in with that factor alone comes to, at either listener: an audience, or how it is refused. */
async function outcomeOf(
  by: Kind | 'nothing',
  first: Answer,
  complete: (proof: object) => Promise<Answer>,
): Promise<string> {
  if (first.status !== 200) return String(first.status);
  if (first.body.status !== 'mfa_required') return `${first.body.audience} ${first.body.acr}`;
  const [asked] = first.body.factors;
  // An emailed code that nobody enrolled goes by the id of the sign-in, and opens an enrolment: below.
  if (by === 'nothing' || asked.id !== factors[by].id) return `asks for ${asked.type}`;
  const { loginId } = first.body;
  const { status, body } = await complete({ loginId, challengeId: uuidv7(), response: responseOf(by) });
  return status === 200 ? `${body.audience} ${body.acr}` : String(status);
}

describe('SR-72 each role with each factor at each listener', () => {
  const kinds = [...(Object.keys(factors) as Kind[]), 'nothing'] as const;
  const atStaffs: Readonly<Record<(typeof kinds)[number], string>> = {
    webauthn: 'user-service-staff aal2',
    totp: 'enrolment aal2',
    sms: 'asks for email',
    email: 'asks for email',
    nothing: 'asks for email',
  };
  const atCustomers: typeof atStaffs = {
    webauthn: 'user-service aal2',
    totp: 'user-service aal2',
    sms: 'user-service aal2',
    email: 'user-service aal1',
    nothing: 'user-service aal1',
  };
  const roles = ['customer', 'support', 'compliance', 'admin'] as const;
  const cases = roles.flatMap((role) => kinds.map((by) => [role, by] as const));

  it.each(cases)('%s, %s', async (role, by) => {
    const account = await createStaff(auth, role);
    if (by !== 'nothing') {
      auth.neighbours.factors = [factors[by]];
      auth.neighbours.proof = proofOf(by);
    }
    const isStaff = role !== 'customer';
    const console = await outcomeOf(by, await signInAtConsole(auth, account), (proof) =>
      completeAtConsole(auth, proof),
    );
    const elsewhere = await outcomeOf(by, await signIn(auth, account), (proof) =>
      post(auth, '/v1/auth/login/verify', proof),
    );
    const expected = [isStaff ? atStaffs[by] : '401', isStaff ? '401' : atCustomers[by]];
    expect([console, elsewhere]).toEqual(expected);
  });

  it.each(roles)('%s, by a passkey alone', async (role) => {
    auth.neighbours.passkey = passkeyOf(await createStaff(auth, role));
    const console = await passkeySignIn(auth, staffClient, atConsole);
    const elsewhere = await passkeySignIn(auth);
    const isStaff = role !== 'customer';
    expect([console.status, elsewhere.status]).toEqual(isStaff ? [200, 401] : [401, 200]);
    const { body } = isStaff ? console : elsewhere;
    expect([body.audience, body.acr]).toEqual([isStaff ? 'user-service-staff' : 'user-service', 'aal2']);
    expect(claimsOf(body.accessToken).roles).toEqual([role]);
  });

  it('a member of staff who is a customer as well is each at its own listener', async () => {
    auth.neighbours.passkey = passkeyOf(await createStaff(auth, 'customer', 'support'));
    const console = await passkeySignIn(auth, staffClient, atConsole);
    expect(claimsOf(console.body.accessToken)).toMatchObject({ aud: 'user-service-staff', roles: ['support'] });
    expect(claimsOf((await passkeySignIn(auth)).body.accessToken)).toMatchObject({
      aud: 'user-service',
      roles: ['customer'],
    });
  });
});

describe('SR-18, SR-72 what could never count is not even started', () => {
  const { sms, totp, webauthn } = factors;
  const start = vi.spyOn(auth.ctx.factorChallenges, 'start');
  beforeEach(() => start.mockClear());
  afterAll(() => start.mockRestore());

  it('401 at a sign-in at the console: no text message goes out by the password of a member of staff', async () => {
    const account = await createStaff(auth, 'support');
    auth.neighbours.factors = [sms, totp, webauthn];
    const { loginId } = (await signInAtConsole(auth, account)).body;
    for (const factorId of [sms.id, totp.id]) {
      const { status, body } = await post(auth, '/v1/auth/login/challenge', { loginId, factorId });
      expect([status, body.code]).toEqual([401, 'auth.login.invalid']);
    }
    expect(start).not.toHaveBeenCalled();
    expect((await post(auth, '/v1/auth/login/challenge', { loginId, factorId: webauthn.id })).status).toBe(200);
    expect(start).toHaveBeenCalledOnce();
  });

  it('404 at a step-up there, also where no passkey is left', async () => {
    const { body: session } = await staffSession(auth, await createStaff(auth, 'support'));
    const challenge = (factorId: string) =>
      post(auth, '/v1/auth/step-up/challenge', { factorId }, { token: session.accessToken });
    for (const others of [[webauthn], []]) {
      auth.neighbours.factors = [sms, totp, ...others];
      for (const { id } of [sms, totp]) {
        const { status, body } = await challenge(id);
        expect([status, body.code]).toEqual([404, 'factor.not_found']);
      }
    }
    expect(start).not.toHaveBeenCalled();
    auth.neighbours.factors = [webauthn];
    expect((await challenge(webauthn.id)).status).toBe(200);
  });
});

describe('SR-72 a session for enrolling a passkey', () => {
  async function byApp(account: Account): Promise<Answer> {
    auth.neighbours.factors = [totpFactor];
    const { loginId } = (await signInAtConsole(auth, account)).body;
    return completeAtConsole(auth, { loginId, challengeId: uuidv7(), response: { code: '123456' } });
  }

  it.each([
    ['an emailed code of whoever has nothing', 'aal1', (account: Account) => emailedCode(auth, account)],
    ['an authenticator app of whoever has no passkey', 'aal2', byApp],
  ])('is what %s opens, and nothing else', async (_, acr, enrolling) => {
    const account = await createStaff(auth, 'admin');
    const { status, body } = await enrolling(account);
    expect([status, body.acr, body.audience]).toEqual([200, acr, 'enrolment']);
    expect(claimsOf(body.accessToken)).toMatchObject({ aud: 'enrolment', roles: [], acr });
    const sessions = await auth.database.query('select client_id, acr from auth.sessions where user_id = $1', [
      account.id,
    ]);
    expect(sessions).toContainEqual({ client_id: 'staff-enrolment', acr });
    const token = body.accessToken;
    expect((await get(auth, '/v1/auth/session', token)).status).toBe(200);
    const closed: [string, string][] = [
      ['GET', '/v1/auth/me'],
      ['GET', '/v1/auth/sessions'],
      ['DELETE', `/v1/auth/sessions/${body.sessionId}`],
      ['POST', '/v1/auth/logout-all'],
      ['POST', '/v1/auth/step-up/challenge'],
      ['POST', '/v1/auth/step-up/verify'],
    ];
    for (const [method, path] of closed) {
      const refused = await send(auth, method, path, undefined, { token });
      expect([path, refused.status, refused.body.code]).toEqual([path, 401, 'auth.token.invalid']);
    }
    expect((await post(auth, '/v1/auth/logout', undefined, { token })).status).toBe(204);
  });

  it('401 by an app that was asked for, once a passkey has been enrolled', async () => {
    const account = await createStaff(auth, 'admin');
    auth.neighbours.factors = [totpFactor];
    const { loginId } = (await signInAtConsole(auth, account)).body;
    auth.neighbours.factors = [totpFactor, passkeyFactor];
    const challenge = await post(auth, '/v1/auth/login/challenge', { loginId, factorId: totpFactor.id });
    expect([challenge.status, challenge.body.code]).toEqual([401, 'auth.login.invalid']);
    const late = await completeAtConsole(auth, { loginId, challengeId: uuidv7(), response: { code: '123456' } });
    expect([late.status, late.body.code]).toEqual([401, 'auth.second_factor.invalid']);
  });

  it('503 where mfa does not say whether there is a passkey', async () => {
    const account = await createStaff(auth, 'admin');
    auth.neighbours.factors = [totpFactor];
    const { loginId } = (await signInAtConsole(auth, account)).body;
    auth.neighbours.factors = undefined;
    const proof = { loginId, challengeId: uuidv7(), response: { code: '123456' } };
    expect((await completeAtConsole(auth, proof)).status).toBe(503);
  });

  it('customers are asked for whatever they have, as before', async () => {
    const account = await register(auth);
    auth.neighbours.factors = [totpFactor, passkeyFactor];
    expect((await signIn(auth, account)).body.factors).toEqual([totpFactor, passkeyFactor]);
  });
});
