import { keepDeliveries, request } from '@bank/composition/testing';
import { audiences, uuidv7 } from '@bank/domain';
import { ChallengePurpose, FactorType, MfaService } from '@bank/proto/mfa';
import { testCertificates } from '@bank/testing';
import { beforeAll, describe, expect, test } from 'vitest';
import { shownCode, wrongCode } from './authenticator.ts';
import {
  auth,
  type Enrolled,
  givenChallenge,
  givenEnrolled,
  ownMfaApp,
  pages,
  strongToken,
  toldOf,
} from './mfa-app.ts';
import { givenPasskey, toJson, toMessage, type WithPasskey } from './passkeys.ts';
import { authOfContacts, contacts, givenSentCodes, lastCodeOf } from './sent-codes.ts';

const certificates = await testCertificates();
const app = ownMfaApp({ certificates, env: { AUTH_RPC_URL: await authOfContacts(certificates) } });
beforeAll(() => keepDeliveries(app, 'mfa'));

const { RECOVERY, SIGN_IN, STEP_UP } = ChallengePurpose;
const wrong = { code: 'auth.second_factor.invalid' };
const locked = { code: 'auth.second_factor.locked' };
const closed = { code: 'challenge.not_found' };

/** A user's factors, all in one session. */
interface Both {
  readonly app: Enrolled;
  readonly passkey: WithPasskey;
  readonly sessionId: string;
}

async function givenBoth(): Promise<Both> {
  const enrolled = await givenEnrolled(app);
  const passkey = await givenPasskey(app, { userId: enrolled.userId });
  return { app: enrolled, passkey, sessionId: uuidv7() };
}

const askForCode = ({ app: enrolled, sessionId }: Both) => givenChallenge(app, enrolled, sessionId, STEP_UP);

/** A step-up of that session which asks for the passkey; answered as it should be, or without a verified user. */
async function askForPasskey({ passkey, sessionId }: Pick<Both, 'passkey' | 'sessionId'>) {
  const client = await app.client(MfaService, auth);
  const binding = { userId: passkey.userId, purpose: STEP_UP, bindingId: sessionId };
  const { challengeId, options } = await client.startChallenge({ ...binding, factorId: passkey.factorId });
  const send = (uv: boolean) => {
    const made = passkey.authenticator.get(toJson(options), pages.customers, { flags: { uv } });
    const proof = { case: 'answer', value: { challengeId, assertion: toMessage(made) } } as const;
    return client.verifyChallenge({ ...binding, audience: audiences.customers, proof });
  };
  return { right: () => send(true), wrong: () => send(false) };
}

type Asked = Awaited<ReturnType<typeof askForPasskey>>;

async function failCodes(times: number, both: Both): Promise<void> {
  const { answer } = await askForCode(both);
  for (let tries = 0; tries < times; tries += 1) {
    await expect(answer(wrongCode(both.app.secret))).rejects.toMatchObject(wrong);
  }
}

async function failPasskeys(times: number, both: Both): Promise<void> {
  for (let tries = 0; tries < times; tries += 1) {
    await expect((await askForPasskey(both)).wrong()).rejects.toMatchObject(wrong);
  }
}

async function countsOf({ userId }: { readonly userId: string }) {
  const sql = 'select failures, session_failures from mfa.subjects where user_id = $1';
  return (await app.database.query(sql, [userId]))[0];
}

describe('SR-14: a recovery code', () => {
  async function givenCodes() {
    const enrolled = await givenEnrolled(app);
    const { body } = await request(app.service, 'POST', '/v1/mfa/recovery-codes', {
      token: strongToken(app, enrolled),
    });
    const client = await app.client(MfaService, auth);
    const use = (value: string, purpose: ChallengePurpose) =>
      client.verifyChallenge({
        userId: enrolled.userId,
        purpose,
        bindingId: uuidv7(),
        proof: { case: 'recoveryCode', value },
      });
    return { enrolled, codes: (body as { codes: [string, string, ...string[]] }).codes, use };
  }

  test('is taken while wrong codes block its user, and SR-25: lifts none of their blocks', async () => {
    const { enrolled, codes, use } = await givenCodes();
    for (let tries = 0; tries < 10; tries += 1) {
      const { answer } = await givenChallenge(app, enrolled);
      await expect(answer(wrongCode(enrolled.secret))).rejects.toMatchObject(wrong);
    }
    await expect(givenChallenge(app, enrolled)).rejects.toMatchObject(locked);
    expect(await use(codes[0], SIGN_IN)).toMatchObject({ type: FactorType.UNSPECIFIED });
    expect(await use(codes[1], RECOVERY)).toMatchObject({ type: FactorType.UNSPECIFIED });
    await expect(use(codes[0], SIGN_IN)).rejects.toMatchObject(wrong);
    const [last] = await app.database.query<{ data: { failures?: number; blockedUntil?: string } }>(
      `select data from mfa.outbox where subject = $1 and type = 'mfa.challenge_failed.v1' order by id desc limit 1`,
      [enrolled.userId],
    );
    // Nothing is said of the codes that somebody else got wrong.
    expect([last?.data.failures ?? 0, last?.data.blockedUntil]).toEqual([0, undefined]);
    await expect(givenChallenge(app, enrolled)).rejects.toMatchObject(locked);
    expect(await countsOf(enrolled)).toEqual({ failures: 10, session_failures: 0 });
  });

  test('that is wrong keeps nobody from a code, and is told all the same', async () => {
    const { enrolled, use } = await givenCodes();
    for (const purpose of [SIGN_IN, RECOVERY]) {
      for (let tries = 0; tries < 6; tries += 1) {
        await expect(use('BFGJFE-QS3PKS-A4FG07-HV884G', purpose)).rejects.toMatchObject(wrong);
      }
    }
    expect(await countsOf(enrolled)).toEqual({ failures: 0, session_failures: 0 });
    const told = (await toldOf(app, enrolled.userId)).filter((what) => /failed|blocked/.test(what));
    expect(told.filter((what) => what === 'events mfa.challenge_failed.v1')).toHaveLength(12);
    expect(told.filter((what) => what === 'audit mfa.challenge.failed')).toHaveLength(12);
    expect(told).toHaveLength(24);
    const { answer } = await givenChallenge(app, enrolled);
    expect(await answer(shownCode(enrolled.secret))).toMatchObject({ type: FactorType.TOTP });
  });
});

describe('SR-14: the passkey of a session', () => {
  test('steps up after five wrong codes in it', async () => {
    const both = await givenBoth();
    await failCodes(5, both);
    await expect(askForCode(both)).rejects.toMatchObject(locked);
    expect(await (await askForPasskey(both)).right()).toMatchObject({ type: FactorType.WEBAUTHN });
  });

  test('steps up after many wrong assertions in it, which take no try from its codes', async () => {
    const both = await givenBoth();
    await failPasskeys(6, both);
    await failCodes(4, both);
    await failPasskeys(2, both);
    const { answer } = await askForCode(both);
    expect(await answer(shownCode(both.app.secret))).toMatchObject({ type: FactorType.TOTP });
    expect(await (await askForPasskey(both)).right()).toMatchObject({ type: FactorType.WEBAUTHN });
  });
});

describe('SR-25: wrong codes of a session', () => {
  test.each<[string, (passkey: Asked) => Promise<void>]>([
    ['is asked for', () => Promise.resolve()],
    ['is wrong', async (passkey) => await expect(passkey.wrong()).rejects.toMatchObject(wrong)],
    ['is right', async (passkey) => void (await passkey.right())],
  ])('stay counted while its passkey %s', async (_, use) => {
    const both = await givenBoth();
    await failCodes(4, both);
    await use(await askForPasskey(both));
    const { answer } = await askForCode(both);
    await expect(answer(wrongCode(both.app.secret))).rejects.toMatchObject(wrong);
    await expect(answer(shownCode(both.app.secret))).rejects.toMatchObject(closed);
    await use(await askForPasskey(both));
    await expect(askForCode(both)).rejects.toMatchObject(locked);
  });

  test('begin anew after a right code', async () => {
    const both = await givenBoth();
    await failCodes(4, both);
    await (await askForCode(both)).answer(shownCode(both.app.secret));
    await failCodes(5, both);
  });
});

/** For how many seconds the next code is refused. */
async function refusedFor(asked: Promise<unknown>): Promise<number> {
  const refusal = (await asked.catch((error: unknown) => error)) as { details: { retryAfterSeconds: number } };
  expect(refusal).toMatchObject(locked);
  return refusal.details.retryAfterSeconds;
}

describe('SR-18: once five tries are used up, retry-after is the end', () => {
  test('of the challenge that is in the way, not of the one that would be', async () => {
    const both = await givenBoth();
    await failCodes(5, both);
    await app.database.query(
      `update mfa.challenges set expires_at = now() + interval '40 seconds' where binding_id = $1`,
      [both.sessionId],
    );
    const retryAfter = await refusedFor(askForCode(both));
    expect(retryAfter).toBeGreaterThan(20);
    expect(retryAfter).toBeLessThanOrEqual(40);
  });

  test('also where that one is over later than the one that would be', async () => {
    const enrolled = await givenEnrolled(app);
    const { userId } = enrolled;
    contacts.set(userId, { email: 'a***@example.com', phone: '+***67' });
    const { factorId } = await givenSentCodes(app, 'sms', { userId });
    const sessionId = uuidv7();
    const sent = await givenChallenge(app, { userId, factorId }, sessionId, STEP_UP);
    const other = (await lastCodeOf(app, userId)) === '111111' ? '222222' : '111111';
    for (let tries = 0; tries < 5; tries += 1) await expect(sent.answer(other)).rejects.toMatchObject(wrong);
    const retryAfter = await refusedFor(givenChallenge(app, enrolled, sessionId, STEP_UP));
    expect(retryAfter).toBeGreaterThan(570);
    expect(retryAfter).toBeLessThanOrEqual(600);
  });
});
