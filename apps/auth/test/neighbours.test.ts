import { setTimeout as pause } from 'node:timers/promises';
import { rpcNeighbour } from '@bank/composition/testing';
import type { ErrorCode } from '@bank/domain';
import { type AssessSignInResponseSchema, DeviceService, RiskVerdict } from '@bank/proto/device';
import { ErrorInfoSchema } from '@bank/proto/errors';
import {
  type AssertionOptionsSchema,
  ChallengePurpose,
  FactorType,
  MfaService,
  type PasskeyFactsSchema,
} from '@bank/proto/mfa';
import { testCertificates } from '@bank/testing';
import type { MessageInitShape } from '@bufbuild/protobuf';
import { timestampFromDate } from '@bufbuild/protobuf/wkt';
import { Code, ConnectError } from '@connectrpc/connect';
import { beforeEach, describe, expect, it } from 'vitest';
import { createFactorChallenges } from '#adapters/factors/factor-challenges.ts';
import { createFactorDirectory } from '#adapters/factors/factor-directory.ts';
import { createPasskeys } from '#adapters/factors/passkeys.ts';
import { createSignInAssessor } from '#adapters/risk/sign-in-assessor.ts';
import { kinds } from './support/factor-kinds.ts';

const certificates = await testCertificates();
const own = await certificates.issue({ name: 'auth', uris: ['spiffe://bank/app/auth'] });
const tls = { caFile: certificates.caFile, certFile: own.certFile, keyFile: own.keyFile };

/** What the two services answer, and how slowly. */
let answers: {
  assessment: MessageInitShape<typeof AssessSignInResponseSchema>;
  delayMs: number;
  type: FactorType;
  options?: MessageInitShape<typeof AssertionOptionsSchema>;
  passkey?: MessageInitShape<typeof PasskeyFactsSchema>;
  refusal?: ErrorCode;
};
let asked: unknown[];

/** Takes a request down, and answers or refuses. */
async function answer<T>(request: unknown, reply: T): Promise<T> {
  asked.push(request);
  if (answers.refusal === undefined) return reply;
  const info = { code: answers.refusal, metadata: { retryAfterSeconds: '60' } };
  throw new ConnectError('refused', Code.Aborted, undefined, [{ desc: ErrorInfoSchema, value: info }]);
}

beforeEach(() => {
  answers = { assessment: {}, delayMs: 0, type: FactorType.TOTP };
  asked = [];
});

const baseUrl = await rpcNeighbour(certificates, 'neighbours', (router) => {
  router.service(DeviceService, {
    async assessSignIn(request) {
      asked.push(request);
      await pause(answers.delayMs);
      return { assessmentId: request.attemptId, verdict: RiskVerdict.ALLOW, ...answers.assessment };
    },
  });
  router.service(MfaService, {
    async listFactors() {
      await pause(answers.delayMs);
      return { factors: [{ factorId: 'f1', type: FactorType.TOTP, confirmedAt: timestampFromDate(facts.at) }] };
    },
    async startChallenge(request) {
      const { type, options } = answers;
      return answer(request, { challengeId: 'c1', type, expiresAt: timestampFromDate(facts.at), options });
    },
    async verifyChallenge(request) {
      const { type, passkey } = answers;
      return answer(request, request.proof.case === 'answer' ? { type, passkey } : { type: FactorType.UNSPECIFIED });
    },
    async startPasskeySignIn(request) {
      return answer(request, { options: answers.options });
    },
    async verifyPasskeySignIn(request) {
      return answer(request, { userId: facts.userId, factorId: 'f1', passkey: answers.passkey });
    },
  });
});

const nowhere = 'https://localhost:1';
const serverUri = 'spiffe://bank/app/neighbours';
const assessor = createSignInAssessor({ baseUrl, tls, serverUri });
const factors = createFactorDirectory({ baseUrl, tls, serverUri });
const challenges = createFactorChallenges({ baseUrl, tls, serverUri });
const passkeys = createPasskeys({ baseUrl, tls, serverUri });

const facts = {
  attemptId: '01980000-0000-7000-8000-000000000001',
  userId: '01980000-0000-7000-8000-000000000002',
  knownDeviceId: undefined,
  clientId: 'web',
  clientAddress: '198.51.100.7',
  userAgent: 'x'.repeat(1000),
  platform: 'ios' as const,
  at: new Date('2026-03-01T00:00:00Z'),
};

async function timed<T>(work: Promise<T>): Promise<{ value: T; ms: number }> {
  const startedAt = performance.now();
  const value = await work;
  return { value, ms: performance.now() - startedAt };
}

describe('the assessment of a sign-in', () => {
  it.each([
    [RiskVerdict.ALLOW, 'allow'],
    [RiskVerdict.CHALLENGE, 'challenge'],
    [RiskVerdict.DENY, 'deny'],
    [RiskVerdict.UNSPECIFIED, 'challenge'],
    [99 as RiskVerdict, 'challenge'],
  ])('verdict %i is %s', async (verdict, expected) => {
    answers.assessment = { verdict };
    await assessor.assess(facts); // opens the connection, which has its time too
    expect((await assessor.assess(facts)).verdict).toBe(expected);
    expect(asked.at(-1)).toMatchObject({
      userAgent: 'x'.repeat(256),
      clientAddress: '198.51.100.7',
      knownDeviceId: '',
    });
  });

  it('says since when the device is trusted', async () => {
    answers.assessment = { deviceTrustedAt: timestampFromDate(facts.at) };
    expect(await assessor.assess(facts)).toEqual({ verdict: 'allow', deviceTrustedAt: facts.at });
  });

  it('is unavailable after 150 ms, and where nobody answers', async () => {
    answers.delayMs = 2000;
    const { value, ms } = await timed(assessor.assess(facts));
    expect(value).toEqual({ verdict: 'unavailable' });
    expect(ms).toBeLessThan(1000);
    expect(await createSignInAssessor({ baseUrl: nowhere, tls, serverUri }).assess(facts)).toEqual({
      verdict: 'unavailable',
    });
  });

  it('is not taken from another service', async () => {
    const impostor = createSignInAssessor({ baseUrl, tls, serverUri: 'spiffe://bank/app/device' });
    expect(await impostor.assess(facts)).toEqual({ verdict: 'unavailable' });
  });
});

describe('the factors of a user', () => {
  it('come with their kinds and ages', async () => {
    expect(await factors.list(facts.userId)).toEqual([{ id: 'f1', kind: kinds.totp, hint: '', confirmedAt: facts.at }]);
  });

  it('are unknown after a second, and where nobody answers', async () => {
    answers.delayMs = 4000;
    const { value, ms } = await timed(factors.list(facts.userId));
    expect(value).toBeUndefined();
    expect(ms).toBeLessThan(2500);
    expect(await createFactorDirectory({ baseUrl: nowhere, tls, serverUri }).list(facts.userId)).toBeUndefined();
  });
});

describe('a challenge of a factor', () => {
  const sent = { userId: facts.userId, bindingId: facts.attemptId };
  const binding = { ...sent, purpose: 'step_up', audience: 'user-service' } as const;
  const proof = { challengeId: 'c1', answer: { code: '123456' } };

  it('is started, and its answer and a recovery code accepted', async () => {
    expect(await challenges.start(binding, 'f1')).toEqual({
      kind: 'started',
      challengeId: 'c1',
      type: 'totp',
      expiresAt: facts.at,
    });
    expect(asked.at(-1)).toMatchObject({ ...sent, purpose: ChallengePurpose.STEP_UP, factorId: 'f1' });
    expect(await challenges.verify(binding, proof)).toEqual({ kind: 'accepted', by: kinds.totp });
    expect(asked.at(-1)).toMatchObject({
      ...sent,
      purpose: ChallengePurpose.STEP_UP,
      audience: binding.audience,
      proof: { value: { challengeId: 'c1', code: '123456' } },
    });
    const recovery = await challenges.verify({ ...binding, purpose: 'sign_in' }, { recoveryCode: 'AB-CD' });
    expect(recovery).toEqual({ kind: 'accepted', by: 'recovery_code' });
    expect(asked.at(-1)).toMatchObject({ purpose: ChallengePurpose.SIGN_IN, proof: { value: 'AB-CD' } });
  });

  it.each([
    ['auth.second_factor.invalid', { kind: 'wrong' }],
    ['challenge.not_found', { kind: 'closed' }],
    ['auth.second_factor.locked', { kind: 'locked', retryAfterSeconds: 60 }],
  ] as const)('%s is a verdict', async (refusal, verdict) => {
    answers.refusal = refusal;
    expect(await challenges.verify(binding, proof)).toEqual(verdict);
  });

  it('a factor that is not there is an answer too', async () => {
    answers.refusal = 'factor.not_found';
    expect(await challenges.start(binding, 'f1')).toEqual({ kind: 'unknown' });
  });

  it('503 where nobody answers, or mfa has a fault', async () => {
    const away = createFactorChallenges({ baseUrl: nowhere, tls, serverUri });
    await expect(away.start(binding, 'f1')).rejects.toMatchObject({ code: 'service.unavailable' });
    answers.refusal = 'service.internal';
    await expect(challenges.verify(binding, proof)).rejects.toMatchObject({ code: 'service.unavailable' });
  });
});

describe('a passkey', () => {
  const challenge = new Uint8Array(32).fill(7);
  const options = {
    challenge,
    rpId: 'bank.example',
    allowCredentials: [{ credentialId: Uint8Array.of(1, 2, 3), transports: ['internal'] }],
    userVerification: 'required',
    timeoutMs: 300_000,
  };
  const asText = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64url');
  const question = {
    challenge: asText(challenge),
    rpId: 'bank.example',
    allowCredentials: [{ id: 'AQID', type: 'public-key', transports: ['internal'] }],
    userVerification: 'required',
    timeout: 300_000,
  };
  const assertion = {
    credentialId: 'AQID',
    clientDataJson: 'BAUG',
    authenticatorData: 'BwgJ',
    signature: 'CgsM',
    userHandle: 'DQ4P',
  };
  const sent = {
    credentialId: Uint8Array.of(1, 2, 3),
    clientDataJson: Uint8Array.of(4, 5, 6),
    authenticatorData: Uint8Array.of(7, 8, 9),
    signature: Uint8Array.of(10, 11, 12),
    userHandle: Uint8Array.of(13, 14, 15),
  };
  const binding = { userId: facts.userId, purpose: 'sign_in', bindingId: facts.attemptId, audience: 'a' } as const;
  const given = { signInId: facts.attemptId, challenge, assertion, audience: 'a' };

  it('is asked for and judged as a second factor', async () => {
    Object.assign(answers, { type: FactorType.WEBAUTHN, options, passkey: { deviceBound: true, userVerified: true } });
    expect(await challenges.start(binding, 'f1')).toMatchObject({ type: 'webauthn', question });
    const proof = { challengeId: 'c1', answer: { assertion } };
    expect(await challenges.verify(binding, proof)).toEqual({
      kind: 'accepted',
      by: kinds.webauthn,
      passkey: { isUserVerified: true, isDeviceBound: true, isAttested: false },
    });
    expect(asked.at(-1)).toMatchObject({ audience: 'a', proof: { value: { challengeId: 'c1', assertion: sent } } });
  });

  it('is asked for and judged where it names its user itself', async () => {
    Object.assign(answers, { options: { ...options, allowCredentials: [] }, passkey: { attested: true } });
    expect(await passkeys.ask()).toEqual({ challenge, question: { ...question, allowCredentials: [] } });
    expect(await passkeys.verify(given)).toEqual({
      kind: 'accepted',
      ...{ userId: facts.userId, factorId: 'f1' },
      passkey: { isUserVerified: false, isDeviceBound: false, isAttested: true },
    });
    expect(asked.at(-1)).toMatchObject({ signInId: facts.attemptId, challenge, audience: 'a', assertion: sent });
  });

  it('is taken for no more than mfa says', async () => {
    const nothing = { isUserVerified: false, isDeviceBound: false, isAttested: false };
    expect(await passkeys.verify(given)).toMatchObject({ passkey: nothing });
  });

  it('is wrong, whatever is wrong with it', async () => {
    answers.refusal = 'auth.second_factor.invalid';
    expect(await passkeys.verify(given)).toEqual({ kind: 'wrong' });
  });

  it('503 where nobody answers, mfa has a fault, or says not what to ask', async () => {
    const unavailable = { code: 'service.unavailable' };
    await expect(passkeys.ask()).rejects.toMatchObject(unavailable);
    answers.type = FactorType.WEBAUTHN;
    await expect(challenges.start(binding, 'f1')).rejects.toMatchObject(unavailable);
    answers.refusal = 'service.internal';
    await expect(passkeys.verify(given)).rejects.toMatchObject(unavailable);
    const away = createPasskeys({ baseUrl: nowhere, tls, serverUri });
    await expect(away.ask()).rejects.toMatchObject(unavailable);
  });
});
