import { rpcNeighbour } from '@bank/composition/testing';
import { type FactorKind, uuidv7 } from '@bank/domain';
import type { Logger } from '@bank/observability';
import { FactorType, MfaService, type PasskeyFactsSchema } from '@bank/proto/mfa';
import type { MessageInitShape } from '@bufbuild/protobuf';
import { timestampFromDate } from '@bufbuild/protobuf/wkt';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { createFactorChallenges } from '#adapters/factors/factor-challenges.ts';
import { createFactorDirectory } from '#adapters/factors/factor-directory.ts';
import { unknownKind } from '#adapters/factors/factor-kind.ts';
import { type Account, password, register, signIn } from './support/accounts.ts';
import { startAuth } from './support/auth.ts';
import { kinds, paperCode } from './support/factor-kinds.ts';
import { type Answer, post } from './support/http.ts';
import { claimsOf, completeAtConsole, createStaff, signInAtConsole, staffSession } from './support/staff.ts';

const auth = await startAuth();

/** A kind, which may be worth what there is not. */
type ToldKind = Omit<FactorKind, 'staffWorth'> & { readonly staffWorth: number };

interface Told {
  readonly type?: FactorType;
  readonly kind?: ToldKind;
}

/** The same as it is sent. */
function message({ kind, ...told }: Told = {}) {
  return kind === undefined ? told : { ...told, kind: { ...kind, methods: [...kind.methods] } };
}

/** What mfa says of the factors of everybody: the first is the one that is asked for, and that every answer proves. */
const mfa = {
  factors: [] as Told[],
  passkey: undefined as MessageInitShape<typeof PasskeyFactsSchema> | undefined,
  /** The code that it was given last. */
  code: '',
};
const ids = [uuidv7(), uuidv7()] as const;
const [factorId] = ids;

const baseUrl = await rpcNeighbour(auth.files.certificates, 'mfa', (router) =>
  router.service(MfaService, {
    listFactors: () => ({
      factors: mfa.factors.map((told, index) => ({ ...message(told), factorId: ids[index] ?? '', hint: 'of mfa' })),
    }),
    startChallenge: () => {
      const expiresAt = timestampFromDate(new Date(Date.now() + 300_000));
      return { ...message(mfa.factors[0]), challengeId: uuidv7(), expiresAt };
    },
    verifyChallenge: ({ proof }) => {
      mfa.code = proof.case === 'answer' ? proof.value.code : '';
      return { ...message(mfa.factors[0]), ...(mfa.passkey === undefined ? {} : { passkey: mfa.passkey }) };
    },
  }),
);
const { TLS_CA_FILE: caFile = '', TLS_CERT_FILE: certFile = '', TLS_KEY_FILE: keyFile = '' } = auth.files.env;
const options = { baseUrl, tls: { caFile, certFile, keyFile }, serverUri: 'spiffe://bank/app/mfa' };
const [ownFactors, ownChallenges] = [{ ...auth.ctx.factors }, { ...auth.ctx.factorChallenges }];

beforeEach(() => {
  Object.assign(mfa, { factors: [], passkey: undefined });
  Object.assign(auth.ctx.factors, createFactorDirectory(options));
  Object.assign(auth.ctx.factorChallenges, createFactorChallenges(options));
});

const proof = { challengeId: uuidv7(), response: { code: '123456' } };
const verify = (loginId: string) => post(auth, '/v1/auth/login/verify', { loginId, ...proof });

/** A session by password and the factor that mfa tells of. */
async function signedIn(account: Account): Promise<Answer> {
  const { loginId, status } = (await signIn(auth, account)).body;
  expect(status).toBe('mfa_required');
  return await verify(loginId);
}

/** A session of the console, opened by a passkey, of a mfa that tells of nothing new. */
async function byPasskey(): Promise<Answer> {
  Object.assign(auth.ctx.factors, ownFactors);
  Object.assign(auth.ctx.factorChallenges, ownChallenges);
  const answer = await staffSession(auth, await createStaff(auth, 'support'));
  Object.assign(auth.ctx.factors, createFactorDirectory(options));
  Object.assign(auth.ctx.factorChallenges, createFactorChallenges(options));
  expect(answer.body.audience).toBe('user-service-staff');
  return answer;
}

describe('SR-29 a kind of factor that no line of auth names', () => {
  it('opens a session at the level and by the methods that mfa says', async () => {
    const account = await register(auth);
    mfa.factors = [{ kind: paperCode }];
    const { body } = await signIn(auth, account);
    expect(body.factors).toEqual([{ id: factorId, type: 'paper_code', hint: 'of mfa' }]);
    const asked = await post(auth, '/v1/auth/login/challenge', { loginId: body.loginId, factorId });
    expect([asked.status, asked.body.type]).toEqual([200, 'paper_code']);
    const answer = await verify(body.loginId);
    expect([answer.status, answer.body.acr]).toEqual([200, 'aal2']);
    expect(claimsOf(answer.body.accessToken)).toMatchObject({ acr: 'aal2', amr: ['pwd', 'otp', 'mfa'] });
  });

  it('steps a session up, and takes the place of the password there', async () => {
    const { accessToken: token } = await register(auth);
    mfa.factors = [{ kind: { ...paperCode, methods: ['card', 'pin'] } }];
    const stepUp = (body: object) => post(auth, '/v1/auth/step-up/verify', body, { token });
    expect((await stepUp({ password })).body.code).toBe('auth.step_up.required');
    const stepped = await stepUp(proof);
    expect(claimsOf(stepped.body.accessToken)).toMatchObject({ acr: 'aal2', amr: ['pwd', 'card', 'pin', 'mfa'] });
  });

  it('leaves all at aal1 where mfa says that it raises nothing, and steps nobody up', async () => {
    const account = await register(auth);
    mfa.factors = [{ kind: { ...paperCode, raises: false } }];
    const { body } = await signedIn(account);
    expect(claimsOf(body.accessToken)).toMatchObject({ acr: 'aal1', amr: ['pwd', 'otp'] });
    const stepUp = (answer: object) => post(auth, '/v1/auth/step-up/verify', answer, { token: account.accessToken });
    expect((await stepUp(proof)).status).toBe(401);
    expect((await stepUp({ password })).status).toBe(200);
  });

  it.each(['7392', '12345678', 'K3QX-77TR-9F2M-AAPC'])(
    'has codes of its own form, which mfa judges: %s',
    async (code) => {
      const account = await register(auth);
      mfa.factors = [{ kind: paperCode }];
      const { loginId } = (await signIn(auth, account)).body;
      const given = { loginId, challengeId: proof.challengeId, response: { code } };
      expect((await post(auth, '/v1/auth/login/verify', given)).status).toBe(200);
      expect(mfa.code).toBe(code);
    },
  );

  it.each(['', '123', '1234 5678', '１２３４５６', '1'.repeat(33)])(
    '422 for what is no code of any kind: %j',
    async (code) => {
      const given = { loginId: uuidv7(), challengeId: proof.challengeId, response: { code } };
      const { status, body } = await post(auth, '/v1/auth/login/verify', given);
      expect([status, body.code]).toEqual([422, 'request.invalid']);
    },
  );

  it.each(['paper_code', 'constructor'])('which is sent says itself where to: %s', async (name) => {
    const account = await register(auth);
    mfa.factors = [{ kind: { ...paperCode, name, isSent: true } }];
    expect((await signIn(auth, account)).body.factors).toEqual([{ id: factorId, type: name, hint: 'of mfa' }]);
  });
});

describe('SR-72 staff and a kind of factor that no line of auth names', () => {
  it('are not asked for it, and not let in by it', async () => {
    const account = await createStaff(auth, 'support');
    mfa.factors = [{ kind: paperCode }];
    const { factors, loginId } = (await signInAtConsole(auth, account)).body;
    expect(factors).toMatchObject([{ id: loginId, type: 'email' }]);
    mfa.factors = [{ kind: paperCode }, { type: FactorType.WEBAUTHN }];
    const beside = (await signInAtConsole(auth, account)).body;
    expect(beside.factors).toMatchObject([{ id: ids[1], type: 'webauthn' }]);
    const asked = await post(auth, '/v1/auth/login/challenge', { loginId: beside.loginId, factorId });
    expect(asked.status).toBe(401);
    expect((await completeAtConsole(auth, { loginId: beside.loginId, ...proof })).status).toBe(401);
  });

  it('enrol a passkey by it, and no more, where mfa says it is good for that', async () => {
    const account = await createStaff(auth, 'support');
    mfa.factors = [{ kind: { ...paperCode, staffWorth: 1 } }];
    const { factors, loginId } = (await signInAtConsole(auth, account)).body;
    expect(factors).toMatchObject([{ id: factorId, type: 'paper_code' }]);
    const { body } = await completeAtConsole(auth, { loginId, ...proof });
    expect([body.audience, body.acr]).toEqual(['enrolment', 'aal2']);
  });

  it.each([0, 1])('never step up by it, worth %i or not', async (staffWorth) => {
    const { accessToken: token } = (await byPasskey()).body;
    mfa.factors = [{ kind: { ...paperCode, staffWorth } }];
    const asked = await post(auth, '/v1/auth/step-up/challenge', { factorId }, { token });
    const stepped = await post(auth, '/v1/auth/step-up/verify', proof, { token });
    expect([asked.status, stepped.status]).toEqual([404, 401]);
  });
});

const facts = { userVerified: true, deviceBound: true, attested: true };

describe('SR-29, SR-72 a kind of factor that is not told as agreed', () => {
  it.each<[string, Told]>([
    ...['pwd', 'device', 'mfa', 'recovery', 'user', 'hwk', 'swk', 'pop'].map((method): [string, Told] => [
      `says ${method}, as auth alone does`,
      { kind: { ...paperCode, methods: ['otp', method] } },
    ]),
    ...['', 'Paper', '1st', 'paper code', 'p'.repeat(33), 'papier_é', 'paper\n', 'unknown', 'recovery_code'].map(
      (name): [string, Told] => [`is called ${JSON.stringify(name)}`, { kind: { ...paperCode, name } }],
    ),
    ['says no method', { kind: { ...paperCode, methods: [] } }],
    ['says five methods', { kind: { ...paperCode, methods: ['aa', 'bb', 'cc', 'dd', 'ee'] } }],
    ['says a long method', { kind: { ...paperCode, methods: ['a'.repeat(9)] } }],
    ['says a method of other letters', { kind: { ...paperCode, methods: ['OTP'] } }],
    ['is worth for staff what there is not', { kind: { ...paperCode, staffWorth: 3 } }],
    ['signs staff in, as passkeys alone do', { kind: { ...paperCode, staffWorth: 2 } }],
    ['is worth less than nothing for staff', { kind: { ...paperCode, staffWorth: -1 } }],
    ['is another than its number', { type: FactorType.TOTP, kind: kinds.webauthn }],
    ['is a passkey that says a method', { type: FactorType.WEBAUTHN, kind: { ...kinds.webauthn, methods: ['hwk'] } }],
    ['is only a number, which nobody knows', { type: 99 as FactorType }],
    ['says nothing', {}],
  ])('is the unknown one: it %s', async (_, told) => {
    const account = await register(auth);
    Object.assign(mfa, { factors: [told], passkey: facts });
    const answer = await signedIn(account);
    expect(claimsOf(answer.body.accessToken)).toMatchObject({ acr: 'aal1', amr: ['pwd', 'otp'] });
    expect((await signIn(auth, account)).body.factors).toMatchObject([{ type: 'unknown' }]);
    const stepUp = (body: object) => post(auth, '/v1/auth/step-up/verify', body, { token: account.accessToken });
    expect([(await stepUp(proof)).status, (await stepUp({ password })).status]).toEqual([401, 403]);
    const staff = await createStaff(auth, 'support');
    expect((await signInAtConsole(auth, staff)).body.factors).toMatchObject([{ type: 'email' }]);
  });

  it('is written down once for a call, and what is agreed never', async () => {
    const logger = { warn: vi.fn() };
    const loud = { ...options, logger: logger as unknown as Logger };
    const [factors, challenges] = [createFactorDirectory(loud), createFactorChallenges(loud)];
    const binding = { userId: uuidv7(), purpose: 'sign_in', bindingId: uuidv7(), audience: 'user-service' } as const;
    const given = { challengeId: uuidv7(), answer: { code: '123456' } };
    mfa.factors = [{ kind: paperCode }, { type: FactorType.TOTP }];
    await factors.list(binding.userId);
    await challenges.start(binding, factorId);
    await challenges.verify(binding, given);
    expect(logger.warn).not.toHaveBeenCalled();
    mfa.factors = [{ kind: { ...paperCode, methods: ['hwk'] } }, { kind: { ...paperCode, name: '' } }];
    const written = { dependency: 'mfa', count: 2, kind: 'paper_code' };
    expect((await factors.list(binding.userId))?.map(({ kind }) => kind)).toEqual([unknownKind, unknownKind]);
    expect(logger.warn.mock.calls).toEqual([[written, expect.any(String)]]);
    await challenges.start(binding, factorId);
    expect(logger.warn).toHaveBeenCalledTimes(2);
    await challenges.verify(binding, given);
    expect(logger.warn).toHaveBeenCalledTimes(3);
  });
});

describe('the kinds of now', () => {
  const numbered = [
    [FactorType.TOTP, kinds.totp],
    [FactorType.SMS, kinds.sms],
    [FactorType.EMAIL, kinds.email],
    [FactorType.WEBAUTHN, kinds.webauthn],
  ] as const;

  it.each(numbered)(
    'number %i is the same of a mfa that says the number alone, as the release before',
    async (type, kind) => {
      mfa.factors = [{ type }, { type, kind }];
      const listed = await createFactorDirectory(options).list(uuidv7());
      expect(listed?.map((factor) => factor.kind)).toEqual([kind, kind]);
    },
  );

  it.each([{}, ...numbered.map(([type, kind]) => ({ type, kind })), { kind: paperCode }, { kind: kinds.webauthn }])(
    'facts come with a passkey alone: %j',
    async (told) => {
      Object.assign(mfa, { factors: [told], passkey: facts });
      const binding = { userId: uuidv7(), purpose: 'sign_in', bindingId: uuidv7(), audience: 'user-service' } as const;
      const answer = { challengeId: uuidv7(), answer: { code: '123456' } };
      const isPasskey = 'kind' in told && told.kind.name === 'webauthn';
      expect('passkey' in (await createFactorChallenges(options).verify(binding, answer))).toBe(isPasskey);
    },
  );
});
