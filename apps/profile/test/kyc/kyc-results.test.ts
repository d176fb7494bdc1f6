import { randomUUID } from 'node:crypto';
import { uuidv7 } from '@bank/domain';
import { VerificationOutcome } from '@bank/proto/kyc';
import { raceOf, testCertificates, until, winners } from '@bank/testing';
import { Code } from '@connectrpc/connect';
import { beforeEach, describe, expect, test } from 'vitest';
import { createKycProvider } from '#adapters/kyc/kyc-provider.ts';
import { applyResult, type KycResult } from '#features/kyc-result/apply-result.ts';
import { askProvider } from '#features/kyc-submission/ask-provider.ts';
import { claimSubmissions, sendSubmission } from '#features/kyc-submission/send-submission.ts';
import {
  auditsOf,
  caseOf,
  eventsOf,
  givenInReview,
  givenSubmitted,
  kycApp,
  lettersTo,
  send,
  upload,
} from './kyc-app.ts';
import { startKycService } from './kyc-service.ts';
import { tellResult } from './tell-result.ts';

const certificates = await testCertificates();
const platform = await startKycService(certificates);
// The app itself is not led to the service: the tests hand over by hand, when they want to.
const { app } = await kycApp({}, certificates);
const { APPROVED, MORE_INFORMATION } = VerificationOutcome;
const rounds = 20;

/** A breaker and connections of its own, so that no test opens it for the next. */
const provider = () => createKycProvider({ ...app.ctx.config, KYC_RPC_URL: platform.url }, app.ctx);

beforeEach(() => {
  platform.refusal = undefined;
  platform.taken.length = 0;
});

/** Makes everything due that waits, and lets one replica hand over what it can take. */
async function handOver(): Promise<void> {
  await app.database.query(
    `update profile.kyc_submissions set next_at = now() - interval '1 second' where state = 'pending'`,
  );
  for (const submission of await claimSubmissions(app.ctx, 50)) await sendSubmission(app.ctx, provider(), submission);
}

async function submissionOf(caseId: string) {
  const rows = await app.database.query<Record<string, unknown>>(
    'select * from profile.kyc_submissions where case_id = $1 order by attempt desc',
    [caseId],
  );
  return rows[0] ?? {};
}

const result = (submissionId: unknown, outcome: KycResult['outcome'] = 'approved'): KycResult => ({
  submissionId: String(submissionId),
  outcome,
  reasons: ['document_unreadable', 'Ada was here'],
});

async function takenCase(number?: string) {
  const given = await givenSubmitted(app, number);
  await handOver();
  return { ...given, submission: await submissionOf(given.caseId) };
}

describe('handing over', () => {
  test('hands over who it is with the documents under the id of the row, and the case is in review', async () => {
    const { userId, caseId, submission } = await takenCase('C01X00T99');
    expect(platform.taken).toMatchObject([
      {
        submissionId: submission['id'],
        caseId,
        attempt: 1,
        tier: 1,
        person: { givenName: 'Ada', familyName: 'Lovelace', dateOfBirth: '1990-12-10', nationality: 'DE' },
        documents: [{ kind: 'passport', number: 'C01X00T99', expiresOn: '2041-05-01', country: 'DE' }],
      },
    ]);
    expect(platform.taken[0]?.documents[0]?.content.length).toBeGreaterThan(0);
    expect(submission).toMatchObject({ state: 'taken', verification_id: platform.taken[0]?.verificationId });
    expect(await caseOf(app, caseId)).toMatchObject({ status: 'in_review' });
    expect((await eventsOf(app, userId)).map(({ status }) => status)).toEqual(['draft', 'submitted', 'in_review']);
  });

  test('the provider is away: nothing is lost, the user sees submitted, and it is tried again', async () => {
    platform.refusal = Code.Unavailable;
    const { caseId, submission, ...customer } = await takenCase();
    expect(submission).toMatchObject({ state: 'pending', tries: 1, failure: 'service.unavailable' });
    expect(Number(submission['next_at'])).toBeGreaterThan(Date.now() + 3000);
    expect((await send(app, customer, 'GET', '')).body).toMatchObject({ status: 'submitted' });
    platform.refusal = undefined;
    await handOver();
    expect(await caseOf(app, caseId)).toMatchObject({ status: 'in_review' });
  });

  test('what the provider will never take is left to staff', async () => {
    platform.refusal = Code.InvalidArgument;
    const { caseId, submission } = await takenCase();
    expect(submission).toMatchObject({ state: 'refused', next_at: null });
    expect(await caseOf(app, caseId)).toMatchObject({ status: 'in_review', decided_by: null });
  });

  test('SR-89: who dies between the call and its note leaves it to the next: one verification, applied once', async () => {
    const { userId, caseId } = await givenSubmitted(app);
    const [submission] = await claimSubmissions(app.ctx, 50);
    if (submission === undefined) throw new Error('nothing was due');
    const { openVerification } = await import('#features/kyc-submission/open-verification.ts');
    const verification = await openVerification(app.ctx, submission);
    if (verification === undefined) throw new Error('nothing to hand over');
    await provider().submit(verification); // and nothing is noted: the process is gone
    expect(await claimSubmissions(app.ctx, 50)).toEqual([]); // its lease runs
    await handOver();
    expect(new Set(platform.taken.map(({ verificationId }) => verificationId)).size).toBe(1);
    expect(platform.taken).toHaveLength(2);
    expect(await applyResult(app.ctx, 'event', result(submission.id))).toBe(true);
    await handOver();
    expect(await applyResult(app.ctx, 'event', result(submission.id))).toBe(false);
    expect(await caseOf(app, caseId)).toMatchObject({ status: 'approved' });
    expect((await eventsOf(app, userId)).filter(({ status }) => status === 'approved')).toHaveLength(1);
  });

  test('a result that is quicker than the answer stands', async () => {
    const { caseId } = await givenSubmitted(app);
    const { id } = await submissionOf(caseId);
    expect(await applyResult(app.ctx, 'event', result(id))).toBe(true);
    await handOver();
    expect(await caseOf(app, caseId)).toMatchObject({ status: 'approved' });
    expect(await submissionOf(caseId)).toMatchObject({ state: 'settled', next_at: null });
  });

  test(`of ${rounds} replicas that take what is due at once, each row goes to one`, async () => {
    await givenSubmitted(app);
    await givenSubmitted(app);
    await app.database.query(
      `update profile.kyc_submissions set next_at = now() - interval '1 second' where state = 'pending'`,
    );
    const claimed = winners(await raceOf(rounds, () => claimSubmissions(app.ctx, 1))).flat();
    expect(new Set(claimed.map(({ id }) => id)).size).toBe(claimed.length);
  });
});

describe('an approval', () => {
  test('raises the tier, locks who the user is, writes to them, and is told once', async () => {
    const { userId, caseId, submission, ...customer } = await takenCase();
    expect(await applyResult(app.ctx, 'event', result(submission['id']))).toBe(true);
    expect((await send(app, customer, 'GET', '')).body).toMatchObject({
      status: 'approved',
      tier: 1,
      reasons: [],
      validUntil: '2041-05-01',
      limits: { perPayment: 30_000, currency: 'EUR' },
    });
    expect((await eventsOf(app, userId)).at(-1)).toMatchObject({ caseId, status: 'approved', tier: 1, version: '4' });
    expect(await lettersTo(app, userId)).toEqual(['kyc-approved']);
    expect(await auditsOf(app, userId, 'kyc.case.moved')).toMatchObject([
      { details: { caseId, status: 'approved', decidedBy: 'provider', source: 'event' } },
    ]);
    const rows = await app.database.query<{ locked: Date | null }>(
      'select identity_locked_at as locked from profile.profiles where user_id = $1',
      [userId],
    );
    expect(rows[0]?.locked).not.toBeNull();
  });

  test('every version of a profile is told of: what locks or unlocks who the user is as well, once each', async () => {
    const { userId, submission, ...customer } = await takenCase();
    const told = async () =>
      (await eventsOf(app, userId, 'profile.updated.v1')).map(({ version, changedFields }) => [version, changedFields]);
    const [, ...handedIn] = await told();
    expect(handedIn).toEqual([['3', ['identityLockedAt']]]);
    await applyResult(app.ctx, 'event', result(submission['id'], 'more_information'));
    await upload(app, { userId, ...customer }, 'passport');
    const { body } = await send(app, customer, 'POST', '/submissions', { tier: 1 });
    const { id } = await submissionOf(String(body['caseId']));
    await applyResult(app.ctx, 'event', result(id));
    expect((await told()).slice(2)).toEqual([
      ['4', ['identityLockedAt']],
      ['5', ['identityLockedAt']],
    ]);
    const sql = 'select version from profile.profiles where user_id = $1';
    expect(await app.database.query(sql, [userId])).toEqual([{ version: '5' }]);
  });

  test('SR-89: more information, handed in again: what comes late of the first attempt changes nothing', async () => {
    const { userId, caseId, submission, ...customer } = await takenCase();
    await applyResult(app.ctx, 'event', result(submission['id'], 'more_information'));
    expect((await send(app, customer, 'GET', '')).body).toMatchObject({
      status: 'more_information',
      reasons: ['document_unreadable', 'other'],
    });
    await upload(app, { userId, ...customer }, 'passport', { number: 'C01X00T50' });
    expect((await send(app, customer, 'POST', '/submissions', { tier: 1 })).body).toMatchObject({ attempt: 2 });
    const second = await submissionOf(caseId);
    expect(await applyResult(app.ctx, 'event', result(submission['id'], 'rejected'))).toBe(false);
    expect(await applyResult(app.ctx, 'event', result(second['id']))).toBe(true);
    expect(await applyResult(app.ctx, 'event', result(submission['id'], 'more_information'))).toBe(false);
    expect(await caseOf(app, caseId)).toMatchObject({ status: 'approved', attempt: 2 });
  });

  test('what was approved need not be shown again for a higher tier', async () => {
    const { userId, submission, ...customer } = await takenCase();
    await applyResult(app.ctx, 'event', result(submission['id']));
    for (const kind of ['selfie', 'utility_bill']) await upload(app, { userId, ...customer }, kind);
    const { status, body } = await send(app, customer, 'POST', '/submissions', { tier: 2 });
    expect([status, body['status'], body['tier']]).toEqual([202, 'submitted', 2]);
    await handOver();
    expect(platform.taken.at(-1)?.documents.map(({ kind }) => kind)).toEqual(['passport', 'selfie', 'utility_bill']);
    expect((await send(app, customer, 'GET', '')).body).toMatchObject({ tier: 1, status: 'in_review' });
    const { id } = await submissionOf(String(body['caseId']));
    await applyResult(app.ctx, 'event', result(id, 'rejected'));
    expect((await send(app, customer, 'GET', '')).body).toMatchObject({ tier: 1, status: 'rejected' });
  });

  test('a result about nothing of ours changes nothing', async () => {
    expect(await applyResult(app.ctx, 'event', result(uuidv7()))).toBe(false);
  });
});

describe('kyc.verification.completed.v1', () => {
  test('SR-89: is applied once, however often it comes', async () => {
    const { userId, caseId, submissionId } = await givenInReview(app);
    const id = randomUUID();
    await tellResult(app, submissionId, APPROVED, id);
    await tellResult(app, submissionId, APPROVED, id);
    await tellResult(app, submissionId, MORE_INFORMATION, randomUUID());
    await until(async () => (await caseOf(app, caseId))?.['status'] === 'approved');
    await until(async () => (await app.broker.depth('profile.kyc')) === 0);
    expect(await eventsOf(app, userId)).toHaveLength(1);
  });
});

describe('asking the provider', () => {
  test('learns what was never told, and asks ever more seldom about what is not decided', async () => {
    const [decided, open] = [await givenInReview(app), await givenInReview(app)];
    platform.outcomes.set(decided.verificationId, APPROVED);
    platform.outcomes.set(open.verificationId, VerificationOutcome.UNSPECIFIED);
    await askProvider(app.ctx, provider());
    expect(await caseOf(app, decided.caseId)).toMatchObject({ status: 'approved' });
    expect(await caseOf(app, open.caseId)).toMatchObject({ status: 'in_review' });
    expect(Number((await submissionOf(open.caseId))['next_at'])).toBeGreaterThan(Date.now() + 900_000);
  });

  test('SR-84: a record that does not open holds up no other case of its batch, and is asked about again', async () => {
    const broken = await givenSubmitted(app);
    await handOver();
    const { id, verification_id: verificationId } = await submissionOf(broken.caseId);
    await app.database.query(`update profile.kyc_submissions set next_at = now() - interval '1 hour' where id = $1`, [
      id,
    ]);
    await app.database.query(`update profile.kyc_documents set particulars = '\\x00' where case_id = $1`, [
      broken.caseId,
    ]);
    const other = await givenInReview(app);
    for (const verification of [verificationId, other.verificationId]) {
      platform.outcomes.set(String(verification), APPROVED);
    }
    await askProvider(app.ctx, provider());
    expect(await caseOf(app, other.caseId)).toMatchObject({ status: 'approved' });
    expect(await caseOf(app, broken.caseId)).toMatchObject({ status: 'in_review' });
    expect(Number((await submissionOf(broken.caseId))['next_at'])).toBeGreaterThan(Date.now() + 900_000);
  });

  test('the provider is away: it is asked again', async () => {
    const { caseId } = await givenInReview(app);
    platform.refusal = Code.Unavailable;
    await askProvider(app.ctx, provider());
    expect(await submissionOf(caseId)).toMatchObject({ state: 'taken', tries: 1 });
    expect(await caseOf(app, caseId)).toMatchObject({ status: 'in_review' });
  });

  test(`SR-73: of an event, a poll and a callback at once one counts, ${rounds} times`, async () => {
    for (let round = 0; round < rounds; round += 1) {
      const { userId, caseId, submissionId } = await givenInReview(app);
      const sources = ['event', 'poll', 'callback'] as const;
      const outcomes = ['approved', 'rejected', 'more_information'] as const;
      const race = await raceOf(6, (number) =>
        applyResult(app.ctx, sources[number % 3] ?? 'event', result(submissionId, outcomes[number % 3])),
      );
      expect(winners(race).filter((applied) => applied)).toHaveLength(1);
      const events = await eventsOf(app, userId);
      expect(events).toHaveLength(1);
      expect(await caseOf(app, caseId)).toMatchObject({ status: events[0]?.['status'] });
      expect(await lettersTo(app, userId)).toHaveLength(1);
    }
  });
});
