import { keepDeliveries, request } from '@bank/composition/testing';
import { uuidv7 } from '@bank/domain';
import { ChallengePurpose, FactorType } from '@bank/proto/mfa';
import { testCertificates } from '@bank/testing';
import { beforeAll, describe, expect, test } from 'vitest';
import { shownCode } from './authenticator.ts';
import { givenChallenge, givenEnrolled, ownMfaApp, strongToken, toldOf } from './mfa-app.ts';
import { authOfContacts, contacts, givenReachable, lastCodeOf, waited } from './sent-codes.ts';

const certificates = await testCertificates();
const app = ownMfaApp({ certificates, env: { AUTH_RPC_URL: await authOfContacts(certificates) } });
beforeAll(() => keepDeliveries(app, 'mfa'));

interface Who {
  readonly userId: string;
  readonly token: string;
}
type Answer = { status: number; headers: Headers; body: { factorId: string } };
type Way = 'sms' | 'email';

const other = (code: string) => (code === '111111' ? '222222' : '111111');
const begin = ({ token }: Who, type: Way) =>
  request(app.service, 'POST', `/v1/mfa/${type}`, { token, body: {} }) as Promise<Answer>;
const confirm = ({ token }: Who, type: Way, factorId: string, code: string) =>
  request(app.service, 'POST', `/v1/mfa/${type}/${factorId}/confirm`, { token, body: { code } }) as Promise<Answer>;

/** Wrong codes, each of which is taken for one. */
async function failTimes(count: number, who: Who, type: Way, factorId: string): Promise<void> {
  for (let tries = 0; tries < count; tries += 1) {
    const refused = await confirm(who, type, factorId, other(await lastCodeOf(app, who.userId)));
    expect(refused).toMatchObject({ status: 422, body: { code: 'factor.code_invalid' } });
  }
}

/** As if that were ten minutes later. */
async function expire({ userId }: Who): Promise<void> {
  await waited(app, userId);
  await app.database.query('update mfa.factors set expires_at = now() where user_id = $1 and confirmed_at is null', [
    userId,
  ]);
}

/** Ten wrong codes in two enrolments. */
async function failTen(who: Who, type: Way): Promise<string> {
  const first = await begin(who, type);
  await failTimes(5, who, type, first.body.factorId);
  await expire(who);
  const second = await begin(who, type);
  await failTimes(5, who, type, second.body.factorId);
  return second.body.factorId;
}

async function givenHolder() {
  const enrolled = await givenEnrolled(app);
  contacts.set(enrolled.userId, { email: 'a***@example.com', phone: '+***67' });
  return { enrolled, who: { userId: enrolled.userId, token: strongToken(app, enrolled) } };
}

describe.each(['sms', 'email'] as const)('SR-25: wrong codes of an enrolment by %s', (type) => {
  test('stay counted when it is begun again, until the first would be over', async () => {
    const who = await givenReachable(app);
    const first = await begin(who, type);
    await failTimes(3, who, type, first.body.factorId);
    await waited(app, who.userId);
    const { factorId } = (await begin(who, type)).body;
    await failTimes(2, who, type, factorId);
    expect((await confirm(who, type, factorId, await lastCodeOf(app, who.userId))).status).toBe(404);
    await waited(app, who.userId);
    const again = await begin(who, type);
    expect(again).toMatchObject({ status: 429, body: { code: 'request.rate_limited' } });
    expect(Number(again.headers.get('retry-after'))).toBeGreaterThan(590);
    const kept = await app.database.query('select id, attempts from mfa.factors where user_id = $1', [who.userId]);
    expect(kept).toEqual([{ id: factorId, attempts: 5 }]);
    await expire(who);
    const later = await begin(who, type);
    expect(later.status).toBe(201);
    expect((await confirm(who, type, later.body.factorId, await lastCodeOf(app, who.userId))).status).toBe(200);
  });

  test('are told as failures, and ten in a row block codes and step-ups of live sessions, and no sign-in', async () => {
    const { enrolled, who } = await givenHolder();
    const factorId = await failTen(who, type);
    const told = await toldOf(app, who.userId);
    expect(told.filter((what) => what === 'events mfa.challenge_failed.v1')).toHaveLength(10);
    expect(told.filter((what) => what === 'deliveries second-factor-blocked')).toHaveLength(1);
    const right = await confirm(who, type, factorId, await lastCodeOf(app, who.userId));
    expect(right).toMatchObject({ status: 429, body: { code: 'request.rate_limited' } });
    expect(Number(right.headers.get('retry-after'))).toBeGreaterThan(890);
    await expire(who);
    expect((await begin(who, type)).status).toBe(429);
    const stepUp = givenChallenge(app, enrolled, uuidv7(), ChallengePurpose.STEP_UP);
    await expect(stepUp).rejects.toMatchObject({ code: 'auth.second_factor.locked' });
    const { answer } = await givenChallenge(app, enrolled);
    expect(await answer(shownCode(enrolled.secret))).toMatchObject({ type: FactorType.TOTP });
  });
});

test('a right code ends the count', async () => {
  const { who } = await givenHolder();
  const { factorId } = (await begin(who, 'sms')).body;
  await failTimes(4, who, 'sms', factorId);
  expect((await confirm(who, 'sms', factorId, await lastCodeOf(app, who.userId))).status).toBe(200);
  const rows = await app.database.query('select session_failures from mfa.subjects where user_id = $1', [who.userId]);
  expect(rows).toEqual([{ session_failures: 0 }]);
});

test('SR-14: wrong codes of an authenticator app under enrolment are nobody’s guesses: they block nothing', async () => {
  const { enrolled, who } = await givenHolder();
  const { factorId } = ((await request(app.service, 'POST', '/v1/mfa/totp', { token: who.token, body: {} })) as Answer)
    .body;
  const path = `/v1/mfa/totp/${factorId}/confirm`;
  for (let tries = 0; tries < 5; tries += 1) {
    const refused = await request(app.service, 'POST', path, { token: who.token, body: { code: '000000' } });
    expect(refused.status).toBe(422);
  }
  const told = await toldOf(app, enrolled.userId);
  expect(told).not.toContain('events mfa.challenge_failed.v1');
  const begun = await request(app.service, 'POST', '/v1/mfa/totp', { token: who.token, body: {} });
  expect(begun.status).toBe(201);
});
