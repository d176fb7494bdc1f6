import { withTransaction } from '@bank/database';
import { allow, uuidv7 } from '@bank/domain';
import { fixedClock, until } from '@bank/testing';
import { describe, expect, test } from 'vitest';
import { expireCases, remindOfExpiry } from '#features/kyc-expiry/expire-cases.ts';
import { applyResult } from '#features/kyc-result/apply-result.ts';
import { openVerification } from '#features/kyc-submission/open-verification.ts';
import {
  announced,
  auditsOf,
  caseOf,
  eventsOf,
  givenCustomer,
  givenInReview,
  kycApp,
  lettersTo,
  send,
  sendPicture,
  upload,
} from './kyc-app.ts';

const { app } = await kycApp();

/** A user with tier 1 whose first document runs out in so many days. */
async function givenApproved(days: number) {
  const given = await givenInReview(app);
  const { submissionId, userId } = given;
  await applyResult(app.ctx, 'event', { submissionId, outcome: 'approved', reasons: [] });
  const sql = `update profile.kyc_standings set valid_until = (now() at time zone 'utc')::date + $2::integer where user_id = $1`;
  await app.database.query(sql, [userId, days]);
  return given;
}

async function standingOf(userId: string) {
  const rows = await app.database.query('select tier, case_id from profile.kyc_standings where user_id = $1', [userId]);
  return rows[0];
}

/** The hand-over of a case that was handed in with this answer, which the provider has taken. */
async function submissionOf(answer: Record<string, unknown>): Promise<string> {
  const rows = await app.database.query<{ id: string }>(
    `with taken as (update profile.kyc_cases set status = 'in_review' where id = $1 returning id)
     select s.id from profile.kyc_submissions s join taken on s.case_id = taken.id`,
    [answer['caseId']],
  );
  return String(rows[0]?.id);
}

/** The files that are kept for a user's documents. */
function filesOf(userId: string): Promise<object[]> {
  const sql = `select f.id from profile.files f where f.user_id = $1 and f.purpose = 'kyc_document' and f.status = 'stored'`;
  return app.database.query(sql, [userId]);
}

describe('when documents run out', () => {
  test('the user is reminded once within a month of it, and not before', async () => {
    const [soon, later] = [await givenApproved(30), await givenApproved(31)];
    await Promise.all([remindOfExpiry(app.ctx), remindOfExpiry(app.ctx)]);
    await remindOfExpiry(app.ctx);
    expect(await lettersTo(app, soon.userId)).toEqual(['kyc-approved', 'kyc-expiring']);
    expect(await lettersTo(app, later.userId)).toEqual(['kyc-approved']);
  });

  test('the day after, the case is expired and the tier is gone, told once; not on the day itself', async () => {
    const [over, today] = [await givenApproved(-1), await givenApproved(0)];
    await Promise.all([expireCases(app.ctx), expireCases(app.ctx), expireCases(app.ctx)]);
    expect(await caseOf(app, over.caseId)).toMatchObject({ status: 'expired' });
    expect(await standingOf(over.userId)).toEqual({ tier: 0, case_id: null });
    expect(await eventsOf(app, over.userId)).toMatchObject([
      { status: 'approved', tier: 1, version: '1' },
      { status: 'expired', tier: 0, version: '2' },
    ]);
    expect(await lettersTo(app, over.userId)).toEqual(['kyc-approved', 'kyc-expired']);
    expect(await auditsOf(app, over.userId, 'kyc.case.expired')).toMatchObject([{ reason: 'document' }]);
    expect(await standingOf(today.userId)).toMatchObject({ tier: 1 });
  });

  test('SR-73: not one that is renewed at that moment, and nobody is told that it ended', async () => {
    const { userId, caseId } = await givenApproved(-1);
    const renewal = uuidv7();
    let expiry: Promise<void> | undefined;
    const access = { who: allow.system('test'), unaudited: 'a test' };
    await withTransaction(app.ctx, access, async (tx) => {
      const raised = { userId, tier: 1, caseId: renewal, validUntil: '2045-05-01', at: tx.clock.now() } as const;
      await tx.kycStandings.raise(raised);
      expiry = expireCases(app.ctx);
      const waiting = `select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'
        and query like '%kyc_standings%'`;
      await until(async () => (await app.database.query(waiting)).length > 0);
    });
    await expiry;
    expect(await standingOf(userId)).toEqual({ tier: 1, case_id: renewal });
    expect(await caseOf(app, caseId)).toMatchObject({ status: 'approved' });
    expect(await lettersTo(app, userId)).toEqual(['kyc-approved']);
    expect(await auditsOf(app, userId, 'kyc.case.expired')).toEqual([]);
  });

  test('a tier ends with the documents that were handed in, also where one ran out while they were looked at', async () => {
    const customer = await givenCustomer(app);
    const expiresOn = new Date(Date.now() + 86_400_000).toISOString().slice(0, 10);
    await upload(app, customer, 'passport', { expiresOn });
    const { body } = await send(app, customer, 'POST', '/submissions', { tier: 1 });
    const submissionId = await submissionOf(body);
    const later = { ...app.ctx, clock: fixedClock(new Date(Date.now() + 3 * 86_400_000)) };
    await applyResult(later, 'event', { submissionId, outcome: 'approved', reasons: [] });
    const sql = 'select tier, valid_until::text from profile.kyc_standings where user_id = $1';
    expect(await app.database.query(sql, [customer.userId])).toEqual([{ tier: 1, valid_until: expiresOn }]);
  });

  test('a higher tier ends with what it was handed in with, also where the case that showed it has expired meanwhile', async () => {
    const customer = await givenCustomer(app);
    const inDays = (days: number) => ({ ...app.ctx, clock: fixedClock(new Date(Date.now() + days * 86_400_000)) });
    const expiresOn = inDays(1).clock.now().toISOString().slice(0, 10);
    await upload(app, customer, 'passport', { expiresOn });
    const approve = async (tier: number, ctx: typeof app.ctx) => {
      const submissionId = await submissionOf((await send(app, customer, 'POST', '/submissions', { tier })).body);
      return () => applyResult(ctx, 'event', { submissionId, outcome: 'approved', reasons: [] });
    };
    await (await approve(1, app.ctx))();
    for (const kind of ['selfie', 'utility_bill']) await upload(app, customer, kind);
    const approveHigher = await approve(2, inDays(3));
    await expireCases(inDays(2));
    expect(await standingOf(customer.userId)).toMatchObject({ tier: 0 });
    const caseId = (await send(app, customer, 'GET', '')).body['case'] as { id: string };
    const handedIn = { id: uuidv7(), caseId: caseId.id, userId: customer.userId, attempt: 1, tries: 1 };
    const verification = await openVerification(inDays(3), handedIn);
    expect(verification?.documents.map(({ kind }) => kind)).toEqual(['passport', 'selfie', 'utility_bill']);
    await approveHigher();
    const sql = 'select tier, valid_until::text from profile.kyc_standings where user_id = $1';
    expect(await app.database.query(sql, [customer.userId])).toEqual([{ tier: 2, valid_until: expiresOn }]);
    await expireCases(inDays(3));
    expect(await standingOf(customer.userId)).toMatchObject({ tier: 0 });
  });

  test('SR-73: what rested on a case that expired as it was handed in is not approved: its user shows the rest', async () => {
    const customer = await givenCustomer(app);
    const handIn = async (tier: number) => (await send(app, customer, 'POST', '/submissions', { tier })).body;
    const approve = async (submissionId: string) =>
      expect(await applyResult(app.ctx, 'event', { submissionId, outcome: 'approved', reasons: [] })).toBe(true);
    await upload(app, customer, 'passport');
    await approve(await submissionOf(await handIn(1)));
    for (const kind of ['selfie', 'utility_bill']) await upload(app, customer, kind);
    const higher = await submissionOf(await handIn(2));
    const over = `update profile.kyc_standings set valid_until = '2020-01-01' where user_id = $1`;
    await app.database.query(over, [customer.userId]);
    await expireCases({ ...app.ctx, clock: fixedClock(new Date(Date.now() - 60_000)) });
    await approve(higher);
    const { body } = await send(app, customer, 'GET', '');
    expect(body).toMatchObject({ tier: 0, status: 'more_information', reasons: ['document_expired'] });
    expect((await lettersTo(app, customer.userId)).slice(-2)).toEqual(['kyc-expired', 'kyc-more-information']);
    await upload(app, customer, 'passport');
    expect(await handIn(2)).toMatchObject({ attempt: 2 });
  });

  test('whoever has expired begins another case', async () => {
    const customer = await givenCustomer(app);
    await upload(app, customer, 'passport');
    await app.database.query("update profile.kyc_cases set status = 'expired' where user_id = $1", [customer.userId]);
    await upload(app, customer, 'passport');
    expect((await send(app, customer, 'POST', '/submissions', { tier: 1 })).status).toBe(202);
  });
});

describe('cases that nobody goes on with', () => {
  test('end after 90 days as a draft, after 30 as a question, and no sooner', async () => {
    const statuses = ['draft', 'draft', 'more_information', 'more_information', 'in_review'];
    const days = [91, 89, 31, 29, 400];
    const given = await Promise.all(statuses.map(() => givenInReview(app)));
    for (const [index, { caseId }] of given.entries()) {
      const sql = `update profile.kyc_cases set status = $2, moved_at = now() - $3 * interval '1 day' where id = $1`;
      await app.database.query(sql, [caseId, statuses[index], days[index]]);
    }
    await expireCases(app.ctx);
    const after = await Promise.all(given.map(({ caseId }) => caseOf(app, caseId)));
    expect(after.map((row) => row?.['status'])).toEqual([
      'expired',
      'draft',
      'expired',
      'more_information',
      'in_review',
    ]);
  });

  test('count from the last document that was begun or added, as a draft and as a question', async () => {
    const old = `update profile.kyc_cases set status = $2, moved_at = now() - interval '400 days' where user_id = $1`;
    for (const status of ['draft', 'more_information']) {
      const [begun, added, left] = [await givenCustomer(app), await givenCustomer(app), await givenCustomer(app)];
      for (const one of [begun, added, left]) await upload(app, one, 'passport');
      await app.database.query(old, [begun.userId, status]);
      expect((await send(app, begun, 'POST', '/documents', announced('selfie'))).status).toBe(201);
      const begin = await send(app, added, 'POST', '/documents', announced('selfie'));
      await app.database.query(old, [added.userId, status]);
      await sendPicture(app, begin.body);
      expect((await send(app, added, 'POST', `/documents/${begin.body['documentId']}/complete`, {})).status).toBe(200);
      await app.database.query(old, [left.userId, status]);
      await expireCases(app.ctx);
      const stands = [begun, added, left].map((one) => send(app, one, 'GET', ''));
      expect((await Promise.all(stands)).map(({ body }) => body['status'])).toEqual([status, status, 'expired']);
    }
  });

  test('one that cannot be ended holds up no other, however many there are', async () => {
    const sql = `insert into profile.kyc_cases
        (id, user_id, tier, status, attempt, reasons, locks_identity, created_at, moved_at)
      select gen_random_uuid(), gen_random_uuid(), 1, 'draft', 0, '{}', false, now(), now() - (300 - n) * interval '1 day'
        from generate_series(1, 201) n returning id`;
    const ids = (await app.database.query<{ id: string }>(sql)).map(({ id }) => id);
    await app.database.query(`create function profile.refuse() returns trigger language plpgsql as
      $$ begin raise 'not this one'; end $$`);
    await app.database.query(`create trigger refused before update on profile.kyc_cases
      for each row when (old.id = '${ids[0]}') execute function profile.refuse()`);
    await expireCases(app.ctx);
    const left = `select id from profile.kyc_cases where id = any($1) and status = 'draft'`;
    expect(await app.database.query(left, [ids])).toEqual([{ id: ids[0] }]);
    await app.database.query('drop function profile.refuse cascade');
    await expireCases(app.ctx);
    expect(await app.database.query(left, [ids])).toEqual([]);
  });

  test('of what was never handed in nothing is kept, of what was examined everything', async () => {
    const [customer, asked] = [await givenCustomer(app), await givenCustomer(app)];
    for (const one of [customer, asked]) await upload(app, one, 'passport');
    const age = `update profile.kyc_cases set moved_at = now() - interval '100 days' where user_id = $1`;
    await app.database.query(age, [customer.userId]);
    const handedIn = "set status = 'more_information', submitted_at = now(),";
    await app.database.query(age.replace('set', handedIn), [asked.userId]);
    for (const kind of ['passport', 'selfie']) await upload(app, asked, kind);
    await app.database.query(age, [asked.userId]);
    await expireCases(app.ctx);
    const documents = 'select user_id, state from profile.kyc_documents where user_id = any($1)';
    expect(await app.database.query(documents, [[customer.userId, asked.userId]])).toEqual([
      { user_id: asked.userId, state: 'replaced' },
    ]);
    expect(await filesOf(customer.userId)).toEqual([]);
    expect(await auditsOf(app, customer.userId, 'file.removed')).toMatchObject([
      { details: { purpose: 'kyc_document' } },
    ]);
    expect(await filesOf(asked.userId)).toHaveLength(1);
  });
});
