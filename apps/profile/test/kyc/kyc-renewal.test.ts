import { fixedClock } from '@bank/testing';
import { describe, expect, test } from 'vitest';
import { expireCases } from '#features/kyc-expiry/expire-cases.ts';
import { applyResult } from '#features/kyc-result/apply-result.ts';
import { type Customer, eventsOf, givenCustomer, givenSubmitted, kycApp, lettersTo, send, upload } from './kyc-app.ts';

const { app } = await kycApp();

/** The provider decides the case that was handed in last. */
async function decide({ userId }: Customer, outcome: 'approved' | 'rejected' = 'approved') {
  const [submission] = await app.database.query<{ id: string }>(
    'select id from profile.kyc_submissions where user_id = $1 order by id desc limit 1',
    [userId],
  );
  await applyResult(app.ctx, 'event', { submissionId: submission?.id ?? '', outcome, reasons: [] });
}

/** Somebody with tier 1 by a passport that runs out on 2041-05-01, who was reminded of that. */
async function givenReminded(): Promise<Customer> {
  const customer = await givenSubmitted(app);
  await decide(customer);
  await app.database.query('update profile.kyc_standings set reminded_at = now() where user_id = $1', [
    customer.userId,
  ]);
  return customer;
}

async function standingOf({ userId }: Customer) {
  const rows = await app.database.query(
    'select tier, valid_until::text as until, reminded_at as reminded from profile.kyc_standings where user_id = $1',
    [userId],
  );
  return rows[0];
}

describe('POST /v1/kyc/submissions for the tier that the user holds', () => {
  test('202: a newer document renews it before the older one runs out, and the next end is told of again', async () => {
    const customer = await givenReminded();
    await upload(app, customer, 'passport', { number: 'C01X00T48', expiresOn: '2045-05-01' });
    expect((await send(app, customer, 'POST', '/submissions', { tier: 1 })).status).toBe(202);
    expect((await send(app, customer, 'GET', '')).body).toMatchObject({ tier: 1, status: 'submitted' });
    await decide(customer);
    expect(await standingOf(customer)).toEqual({ tier: 1, until: '2045-05-01', reminded: null });
  });

  test('202: by another kind of document it lasts as long as that one proves', async () => {
    const customer = await givenReminded();
    const card = { number: 'L01X00T47', expiresOn: '2044-01-01' };
    await upload(app, customer, 'national_id', card);
    const front = await send(app, customer, 'POST', '/submissions', { tier: 1 });
    expect(front.body['code']).toBe('kyc.tier.reached');
    await upload(app, customer, 'national_id', { ...card, side: 'back' });
    expect((await send(app, customer, 'POST', '/submissions', { tier: 1 })).status).toBe(202);
    await decide(customer);
    expect(await standingOf(customer)).toMatchObject({ tier: 1, until: '2044-01-01' });
  });

  test('a renewal that is rejected leaves the tier as it was', async () => {
    const customer = await givenReminded();
    await upload(app, customer, 'passport', { expiresOn: '2045-05-01' });
    await send(app, customer, 'POST', '/submissions', { tier: 1 });
    await decide(customer, 'rejected');
    expect(await standingOf(customer)).toMatchObject({ tier: 1, until: '2041-05-01' });
  });

  test('once it has run out nothing that it rested on counts any more, also not what was shown before a renewal', async () => {
    const customer = await givenCustomer(app);
    for (const kind of ['passport', 'selfie', 'utility_bill']) await upload(app, customer, kind);
    await send(app, customer, 'POST', '/submissions', { tier: 2 });
    await decide(customer);
    await upload(app, customer, 'passport', { expiresOn: '2045-05-01' });
    await send(app, customer, 'POST', '/submissions', { tier: 2 });
    await decide(customer);
    await expireCases({ ...app.ctx, clock: fixedClock(new Date('2045-05-02T00:00:00Z')) });
    expect(await standingOf(customer)).toMatchObject({ tier: 0 });
    await upload(app, customer, 'passport', { expiresOn: '2046-05-01' });
    const answer = await send(app, customer, 'POST', '/submissions', { tier: 2 });
    expect(answer).toMatchObject({ status: 409, body: { errors: [{}, {}] } });
    const told = (await eventsOf(app, customer.userId)).filter(({ status }) => status === 'expired');
    expect(told).toMatchObject([{ tier: 0 }, { tier: 0 }]);
    expect((await lettersTo(app, customer.userId)).filter((letter) => letter === 'kyc-expired')).toHaveLength(1);
  });

  test('409: nothing by which it would last longer', async () => {
    const customer = await givenReminded();
    await upload(app, customer, 'selfie');
    const answer = await send(app, customer, 'POST', '/submissions', { tier: 1 });
    expect([answer.status, answer.body['code']]).toEqual([409, 'kyc.tier.reached']);
    await upload(app, customer, 'passport', { expiresOn: '2041-05-01' });
    expect((await send(app, customer, 'POST', '/submissions', { tier: 1 })).body['code']).toBe('kyc.tier.reached');
  });
});

describe('a card that never runs out', () => {
  const card = { country: 'ES', number: '99999999R', expiresOn: '9999-01-01' };
  const show = async (customer: Customer) => {
    for (const side of ['front', 'back']) await upload(app, customer, 'national_id', { ...card, side });
  };
  const twentyYearsOn = `(now() at time zone 'utc')::date + interval '20 years'`;

  async function givenCardholder(): Promise<Customer> {
    const customer = await givenCustomer(app);
    await show(customer);
    await send(app, customer, 'POST', '/submissions', { tier: 1 });
    await decide(customer);
    return customer;
  }

  async function endsInTwentyYears({ userId }: Customer): Promise<boolean | undefined> {
    const rows = await app.database.query<{ ends: boolean }>(
      `select valid_until = (${twentyYearsOn})::date as ends from profile.kyc_standings where user_id = $1`,
      [userId],
    );
    return rows[0]?.ends;
  }

  test('is taken as it is, and carries a tier for 20 years', async () => {
    expect(await endsInTwentyYears(await givenCardholder())).toBe(true);
  });

  test('409: a day later the tier is not renewed by it; 202: but by showing it anew', async () => {
    const customer = await givenCardholder();
    const { userId } = customer;
    await app.database.query(
      `update profile.kyc_documents set uploaded_at = uploaded_at - interval '1 day' where user_id = $1`,
      [userId],
    );
    await app.database.query('update profile.kyc_standings set valid_until = valid_until - 1 where user_id = $1', [
      userId,
    ]);
    await upload(app, customer, 'selfie');
    const answer = await send(app, customer, 'POST', '/submissions', { tier: 1 });
    expect([answer.status, answer.body['code']]).toEqual([409, 'kyc.tier.reached']);
    await show(customer);
    expect((await send(app, customer, 'POST', '/submissions', { tier: 1 })).status).toBe(202);
    await decide(customer);
    expect(await endsInTwentyYears(customer)).toBe(true);
  });
});
