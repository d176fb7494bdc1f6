import { keepDeliveries, request } from '@bank/composition/testing';
import { uuidv7 } from '@bank/domain';
import { ChallengePurpose, FactorType, MfaService } from '@bank/proto/mfa';
import { losers, raceOf, testCertificates, winners } from '@bank/testing';
import { beforeAll, describe, expect, test } from 'vitest';
import { registered } from '#factor-types/registry.ts';
import { shownCode } from './authenticator.ts';
import { auth, givenChallenge, givenEnrolled, givenFactor, ownMfaApp, strongToken, toldOf } from './mfa-app.ts';
import { authOfContacts, codesOf, contacts, givenReachable, givenSentCodes, lastCodeOf, waited } from './sent-codes.ts';

const certificates = await testCertificates();
const app = ownMfaApp({ certificates, env: { AUTH_RPC_URL: await authOfContacts(certificates) } });
beforeAll(() => keepDeliveries(app, 'mfa'));

const wrong = { code: 'auth.second_factor.invalid' };
const closed = { code: 'challenge.not_found' };
const locked = { code: 'auth.second_factor.locked' };
const types = ['sms', 'email'] as const;
const sent: readonly string[] = registered.filter(({ isSent }) => isSent).map(({ name }) => name);
const other = (code: string) => (code === '111111' ? '222222' : '111111');

const begin = (token: string, type: string) =>
  request(app.service, 'POST', `/v1/mfa/${type}`, { token, body: {} }) as Promise<{
    status: number;
    headers: Headers;
    body: { factorId: string; stronger: string[] };
  }>;
const confirm = (token: string, type: string, factorId: string, code: string) =>
  request(app.service, 'POST', `/v1/mfa/${type}/${factorId}/confirm`, { token, body: { code } });

describe.each(types)('POST /v1/mfa/%s', (type) => {
  const hint = type === 'sms' ? '+***67' : 'a***@example.com';

  test('201: a code goes to the address of the hint; SR-28: what protects better is named', async () => {
    const { token, userId } = await givenReachable(app);
    const { status, body } = await begin(token, type);
    expect(status).toBe(201);
    expect(body).toEqual({
      factorId: expect.any(String),
      hint,
      expiresIn: 600,
      resendAfter: 30,
      stronger: expect.arrayContaining(['webauthn', 'totp']),
    });
    expect(body.stronger.filter((name) => /^(webauthn|totp)$/.test(name) || sent.includes(name))).toEqual([
      'webauthn',
      'totp',
    ]);
    expect(await codesOf(app, userId)).toEqual([
      { channel: type, template: 'factor-code', code: expect.stringMatching(/^\d{6}$/) },
    ]);
  });

  test('SR-26: a code is kept as a keyed hash alone', async () => {
    const { token, userId } = await givenReachable(app);
    await begin(token, type);
    const code = await lastCodeOf(app, userId);
    const [row] = await app.database.query<{ row: string }>(
      'select row_to_json(c)::text as row from mfa.sent_codes c where user_id = $1',
      [userId],
    );
    expect(row?.row).toContain('digest');
    expect(row?.row).not.toContain(code);
    expect(row?.row).not.toContain(Buffer.from(code).toString('hex'));
  });

  test('SR-28: 409 without a verified address, and nothing is sent', async () => {
    const { token, userId } = await givenReachable(app, { email: '', phone: '' });
    expect(await begin(token, type)).toMatchObject({ status: 409, body: { code: 'factor.address_missing' } });
    expect(await codesOf(app, userId)).toEqual([]);
  });

  test('503 while auth does not say what is verified', async () => {
    const { token, userId } = await givenReachable(app);
    contacts.delete(userId);
    expect((await begin(token, type)).status).toBe(503);
  });

  test('SR-18: 429 with when to ask again, which doubles; the code before it stays good until another is sent', async () => {
    const { token, userId } = await givenReachable(app);
    const first = await begin(token, type);
    const soon = await begin(token, type);
    expect(soon).toMatchObject({ status: 429, body: { code: 'request.rate_limited' } });
    expect(Number(soon.headers.get('retry-after'))).toBeGreaterThan(25);
    await app.database.query(`update mfa.sent_codes set sent_at = sent_at - interval '31 seconds' where user_id = $1`, [
      userId,
    ]);
    const second = await begin(token, type);
    expect(second).toMatchObject({ status: 201, body: { resendAfter: 60 } });
    const [old = '', now = ''] = (await codesOf(app, userId)).map(({ code }) => code);
    expect((await confirm(token, type, first.body.factorId, old)).status).toBe(404);
    expect((await confirm(token, type, second.body.factorId, now)).status).toBe(200);
  });

  test('SR-31: 403 at aal1 for whoever has a stronger factor; 403 once the sign-in is older than five minutes', async () => {
    const enrolled = await givenEnrolled(app);
    contacts.set(enrolled.userId, { email: 'a***@example.com', phone: '+***67' });
    expect((await begin(app.issuer.token({ userId: enrolled.userId }), type)).status).toBe(403);
    expect((await begin(strongToken(app, enrolled), type)).status).toBe(201);
    const authTime = Math.floor(Date.now() / 1000) - 301;
    expect((await begin(strongToken(app, enrolled), type)).status).toBe(429);
    const old = app.issuer.token({ userId: enrolled.userId, acr: 'aal2', authTime });
    expect((await begin(old, type)).status).toBe(403);
  });

  test('409: one factor of this kind is enough', async () => {
    const enrolled = await givenSentCodes(app, type);
    expect(await begin(strongToken(app, enrolled), type)).toMatchObject({
      status: 409,
      body: { code: 'factor.limit_reached' },
    });
  });
});

describe.each(types)('POST /v1/mfa/%s/{id}/confirm', (type) => {
  test('200: from now on it is listed; the user is told, of the risk of text messages as well', async () => {
    const { userId, factorId } = await givenSentCodes(app, type);
    const told = await toldOf(app, userId);
    expect(told).toContain('events mfa.factor_enrolled.v1');
    expect(told.at(-1)).toBe(`deliveries ${type === 'sms' ? 'sms-factor-added' : 'factor-added'}`);
    const client = await app.client(MfaService, auth);
    const { factors } = await client.listFactors({ userId });
    expect(factors).toMatchObject([{ factorId, type: type === 'sms' ? FactorType.SMS : FactorType.EMAIL }]);
  });

  test('SR-25: 422 for wrong codes, 404 for the right one after five of them', async () => {
    const { token, userId } = await givenReachable(app);
    const { body } = await begin(token, type);
    const code = await lastCodeOf(app, userId);
    for (let tries = 0; tries < 5; tries += 1) {
      expect((await confirm(token, type, body.factorId, other(code))).status).toBe(422);
    }
    expect((await confirm(token, type, body.factorId, code)).status).toBe(404);
  });

  test('SR-24: 422 for the code of another user, 404 in another session, and for a factor of another kind', async () => {
    const [mine, theirs] = [await givenReachable(app), await givenReachable(app)];
    const begun = await begin(mine.token, type);
    await begin(theirs.token, type);
    const [code, theirCode] = [await lastCodeOf(app, mine.userId), await lastCodeOf(app, theirs.userId)];
    const { factorId } = begun.body;
    if (code !== theirCode) expect((await confirm(mine.token, type, factorId, theirCode)).status).toBe(422);
    expect((await confirm(app.issuer.token({ userId: mine.userId }), type, factorId, code)).status).toBe(404);
    const otherType = type === 'sms' ? 'email' : 'sms';
    expect((await confirm(mine.token, otherType, factorId, code)).status).toBe(404);
    expect((await confirm(mine.token, 'totp', factorId, code)).status).toBe(404);
  });

  test('SR-22: 422 once ten minutes are over', async () => {
    const { token, userId } = await givenReachable(app);
    const { body } = await begin(token, type);
    await app.database.query('update mfa.sent_codes set expires_at = now() where user_id = $1', [userId]);
    expect((await confirm(token, type, body.factorId, await lastCodeOf(app, userId))).status).toBe(422);
  });
});

describe('a challenge of a factor whose codes are sent', () => {
  test.each([
    ['sms', FactorType.SMS],
    ['email', FactorType.EMAIL],
  ] as const)('SR-21: %s: the code signs in once', async (type, kind) => {
    const enrolled = await givenSentCodes(app, type);
    const { answer } = await givenChallenge(app, enrolled);
    expect((await codesOf(app, enrolled.userId)).at(-1)).toMatchObject({ channel: type, template: 'sign-in-code' });
    const code = await lastCodeOf(app, enrolled.userId);
    expect(await answer(code)).toMatchObject({ type: kind });
    await expect(answer(code)).rejects.toMatchObject(closed);
    await expect((await givenChallenge(app, enrolled)).answer(code)).rejects.toMatchObject(wrong);
  });

  test('SR-26: asking again sends another code, after which the older is of no use; SR-25: the tries stay counted', async () => {
    const enrolled = await givenSentCodes(app, 'sms');
    const bindingId = uuidv7();
    const first = await givenChallenge(app, enrolled, bindingId);
    const old = await lastCodeOf(app, enrolled.userId);
    await expect(givenChallenge(app, enrolled, bindingId)).rejects.toMatchObject(locked);
    for (let tries = 0; tries < 4; tries += 1) await expect(first.answer(other(old))).rejects.toMatchObject(wrong);
    await waited(app, enrolled.userId);
    const second = await givenChallenge(app, enrolled, bindingId);
    const code = await lastCodeOf(app, enrolled.userId);
    await expect(first.answer(old)).rejects.toMatchObject(closed);
    await expect(second.answer(other(code))).rejects.toMatchObject(wrong);
    await expect(second.answer(code)).rejects.toMatchObject(closed);
  });

  test('SR-24: the code of one sign-in is none of another, and another factor of the sign-in takes no code of it', async () => {
    const enrolled = await givenSentCodes(app, 'sms');
    const bindingId = uuidv7();
    const first = await givenChallenge(app, enrolled, bindingId);
    const code = await lastCodeOf(app, enrolled.userId);
    await waited(app, enrolled.userId);
    const second = await givenChallenge(app, enrolled);
    if (code !== (await lastCodeOf(app, enrolled.userId))) {
      await expect(second.answer(code)).rejects.toMatchObject(wrong);
    }
    await expect(first.answer(code)).rejects.toMatchObject(wrong);
    const client = await app.client(MfaService, auth);
    const stepUp = { ...first.binding, purpose: ChallengePurpose.STEP_UP };
    const proof = { case: 'answer', value: { challengeId: first.challengeId, code } } as const;
    await expect(client.verifyChallenge({ ...stepUp, proof })).rejects.toMatchObject(closed);
  });

  test('SR-18: over any sign-ins, codes are sent ever more seldom', async () => {
    const enrolled = await givenSentCodes(app, 'sms');
    await givenChallenge(app, enrolled);
    for (let count = 0; count < 5; count += 1) {
      const refused = await givenChallenge(app, enrolled).catch((error: unknown) => error);
      expect(refused).toMatchObject({ ...locked, details: { retryAfterSeconds: expect.any(Number) } });
    }
    expect((await codesOf(app, enrolled.userId)).filter(({ template }) => template === 'sign-in-code')).toHaveLength(1);
  });

  test('SR-29: an emailed code is asked only of whoever has nothing better, and never for a step-up', async () => {
    const enrolled = await givenSentCodes(app, 'email');
    const { userId, factorId } = enrolled;
    const client = await app.client(MfaService, auth);
    const stepUp = { userId, factorId, purpose: ChallengePurpose.STEP_UP, bindingId: uuidv7() };
    await expect(client.startChallenge(stepUp)).rejects.toMatchObject({ code: 'factor.not_found' });
    const better = await givenFactor(app, userId, { type: 'totp', confirmedAt: new Date() });
    expect((await client.listFactors({ userId })).factors).toMatchObject([{ factorId: better }]);
    await expect(givenChallenge(app, enrolled)).rejects.toMatchObject({ code: 'factor.not_found' });
  });

  test('SR-29: whoever has emailed codes alone adds a factor at aal1, and gets no recovery codes', async () => {
    const { userId } = await givenSentCodes(app, 'email');
    expect((await begin(app.issuer.token({ userId }), 'totp')).status).toBe(201);
    const codes = await request(app.service, 'POST', '/v1/mfa/recovery-codes', { token: strongToken(app, { userId }) });
    expect(codes).toMatchObject({ status: 409, body: { code: 'factor.missing' } });
  });

  test('SR-35: a code sent for a factor that was removed opens nothing', async () => {
    const enrolled = await givenSentCodes(app, 'sms');
    const { answer } = await givenChallenge(app, enrolled);
    const code = await lastCodeOf(app, enrolled.userId);
    const headers = { 'if-match': enrolled.etag };
    const token = strongToken(app, enrolled);
    const path = `/v1/mfa/factors/${enrolled.factorId}`;
    expect((await request(app.service, 'DELETE', path, { token, headers })).status).toBe(204);
    await expect(answer(code)).rejects.toMatchObject(closed);
  });

  test('a right code of the app is taken while a sent one is under way', async () => {
    const enrolled = await givenEnrolled(app);
    contacts.set(enrolled.userId, { email: 'a***@example.com', phone: '+***67' });
    const sms = await givenSentCodes(app, 'sms', enrolled);
    const bindingId = uuidv7();
    await givenChallenge(app, sms, bindingId);
    const { answer } = await givenChallenge(app, enrolled, bindingId);
    await expect(answer(await lastCodeOf(app, enrolled.userId))).rejects.toMatchObject(wrong);
    expect(await answer(shownCode(enrolled.secret))).toMatchObject({ type: FactorType.TOTP });
  });
});

test('SR-21: of sixteen uses of one sent code at once, one is accepted', { timeout: 120_000 }, async () => {
  for (let round = 0; round < 20; round += 1) {
    const enrolled = await givenSentCodes(app, 'sms');
    const { answer, challengeId } = await givenChallenge(app, enrolled);
    const code = await lastCodeOf(app, enrolled.userId);
    const before = (await toldOf(app, enrolled.userId)).length;
    const outcomes = await raceOf(16, () => answer(code));
    expect(winners(outcomes)).toHaveLength(1);
    expect((await toldOf(app, enrolled.userId)).slice(before)).toEqual(['audit mfa.challenge.passed']);
    const rows = await app.database.query(
      `select attempts, closed_at is not null as closed, digest, sends from mfa.challenges c
       join mfa.sent_codes s on s.challenge_id = c.id where c.id = $1`,
      [challengeId],
    );
    expect(rows).toEqual([{ attempts: 1, closed: true, digest: null, sends: 0 }]);
    const refusals = losers(outcomes).map((error) => (error as { code: string }).code);
    expect(new Set(refusals)).toEqual(new Set([closed.code]));
  }
});

test('SR-18: of sixteen who ask for a code at once, one is sent one', { timeout: 120_000 }, async () => {
  for (let round = 0; round < 20; round += 1) {
    const enrolled = await givenSentCodes(app, 'sms');
    const outcomes = await raceOf(16, () => givenChallenge(app, enrolled));
    expect(winners(outcomes)).toHaveLength(1);
    const sent = (await codesOf(app, enrolled.userId)).filter(({ template }) => template === 'sign-in-code');
    expect(sent).toHaveLength(1);
  }
});
