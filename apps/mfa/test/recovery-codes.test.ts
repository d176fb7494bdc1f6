import { request } from '@bank/composition/testing';
import { ChallengePurpose, FactorType } from '@bank/proto/mfa';
import { describe, expect, test } from 'vitest';
import { type Enrolled, givenChallenge, givenEnrolled, givenSubject, mfaApp, strongToken, toldOf } from './mfa-app.ts';

const app = mfaApp();
const wrong = { code: 'auth.second_factor.invalid' };

async function generate(token: string) {
  const answer = await request(app.service, 'POST', '/v1/mfa/recovery-codes', { token });
  return { ...answer, codes: (answer.body as { codes: string[] }).codes };
}

async function useOf(enrolled: Enrolled) {
  const { client, binding } = await givenChallenge(app, enrolled);
  return (code: string | undefined, changes: object = {}) =>
    client.verifyChallenge({ ...binding, proof: { case: 'recoveryCode', value: code ?? '' }, ...changes });
}

describe('POST /v1/mfa/recovery-codes', () => {
  test('201: ten of them, kept as hashes alone', async () => {
    const enrolled = await givenEnrolled(app);
    const { status, codes, headers } = await generate(strongToken(app, enrolled));
    expect(status).toBe(201);
    expect(headers.get('cache-control')).toBe('no-store');
    expect(new Set(codes).size).toBe(10);
    const rows = await app.database.query<{ digest: Buffer }>(
      'select digest from mfa.recovery_codes where user_id = $1',
      [enrolled.userId],
    );
    expect(rows.map(({ digest }) => digest.length)).toEqual(Array(10).fill(32));
    expect((await toldOf(app, enrolled.userId)).slice(-3)).toEqual([
      'events mfa.recovery_codes_generated.v1',
      'audit mfa.recovery_codes.generated',
      'deliveries recovery-codes-created',
    ]);
  });

  test('SR-31, SR-62: 403 at aal1, and at aal2 once five minutes are over', async () => {
    const { userId } = await givenEnrolled(app);
    const authTime = Math.floor(Date.now() / 1000) - 301;
    const tokens = [app.issuer.token({ userId }), app.issuer.token({ userId, acr: 'aal2', authTime })];
    for (const token of tokens) {
      const { status, body } = await generate(token);
      expect([status, body]).toMatchObject([403, { code: 'auth.step_up.required', acr: 'aal2', maxAgeSeconds: 300 }]);
    }
  });

  test('409: without a factor there is nothing to recover', async () => {
    const answer = await generate(strongToken(app, { userId: await givenSubject(app) }));
    expect(answer).toMatchObject({ status: 409, body: { code: 'factor.missing' } });
  });
});

describe('SR-27 a recovery code', () => {
  test('stands in for a factor once, however it is typed, and its user is told', async () => {
    const enrolled = await givenEnrolled(app);
    const { codes } = await generate(strongToken(app, enrolled));
    const use = await useOf(enrolled);
    expect(await use(codes[3]?.toLowerCase().replaceAll('-', ' '))).toMatchObject({ type: FactorType.UNSPECIFIED });
    await expect(use(codes[3])).rejects.toMatchObject(wrong);
    expect(await use(codes[4])).toMatchObject({ type: FactorType.UNSPECIFIED });
    const told = await toldOf(app, enrolled.userId);
    expect(told.filter((what) => what === 'events mfa.recovery_code_used.v1')).toHaveLength(2);
    expect(told.filter((what) => what === 'deliveries recovery-code-used')).toHaveLength(2);
  });

  test('warns its user when few are left', async () => {
    const enrolled = await givenEnrolled(app);
    const { codes } = await generate(strongToken(app, enrolled));
    const use = await useOf(enrolled);
    for (const code of codes.slice(0, 7)) await use(code);
    const told = await toldOf(app, enrolled.userId);
    expect(told.filter((what) => what === 'deliveries recovery-code-used')).toHaveLength(6);
    expect(told.filter((what) => what === 'deliveries recovery-codes-low')).toHaveLength(1);
  });

  test('dies when new ones are made', async () => {
    const enrolled = await givenEnrolled(app);
    const older = (await generate(strongToken(app, enrolled))).codes;
    const newer = (await generate(strongToken(app, enrolled))).codes;
    const use = await useOf(enrolled);
    await expect(use(older[0])).rejects.toMatchObject(wrong);
    await use(newer[0]);
  });

  test('is its owner’s alone, and never good for a step-up', async () => {
    const [mine, theirs] = [await givenEnrolled(app), await givenEnrolled(app)];
    const { codes } = await generate(strongToken(app, mine));
    await expect((await useOf(theirs))(codes[0])).rejects.toMatchObject(wrong);
    const stepUp = { purpose: ChallengePurpose.STEP_UP };
    await expect((await useOf(mine))(codes[0], stepUp)).rejects.toMatchObject({ code: 'request.invalid' });
  });

  test('SR-35: dies with the last factor', async () => {
    const enrolled = await givenEnrolled(app);
    const token = strongToken(app, enrolled);
    const { codes } = await generate(token);
    const use = await useOf(enrolled);
    const headers = { 'if-match': enrolled.etag };
    await request(app.service, 'DELETE', `/v1/mfa/factors/${enrolled.factorId}`, { token, headers });
    await expect(use(codes[0])).rejects.toMatchObject(wrong);
  });
});
