import { createHash } from 'node:crypto';
import { parse, UserIdSchema, uuidv7 } from '@bank/domain';
import { raceOf, winners } from '@bank/testing';
import { describe, expect, test } from 'vitest';
import { createProfile } from '#features/profile/create-profile.ts';
import {
  announced,
  auditsOf,
  caseOf,
  eventsOf,
  givenCustomer,
  givenSubmitted,
  kycApp,
  metricsOf,
  send,
  upload,
} from './kyc-app.ts';

const { app } = await kycApp();
const rounds = 20;

describe('GET /v1/kyc', () => {
  test('200: tier 0 with its limits, no case, and what every tier above needs', async () => {
    const userId = parse(UserIdSchema, uuidv7());
    await createProfile(app.ctx, userId);
    const { status, body } = await send(app, { token: app.issuer.token({ userId }) }, 'GET', '');
    expect(status).toBe(200);
    expect(body).toMatchObject({ status: 'none', tier: 0, reasons: [], validUntil: null, case: null });
    expect(body['limits']).toEqual({ currency: 'EUR', perPayment: 0, perDay: 0, perMonth: 0, balance: 0 });
    const next = body['next'] as { tier: number; missing: { profile: string[]; documents: { purpose: string }[] } }[];
    expect(next.map(({ tier }) => tier)).toEqual([1, 2, 3]);
    expect(next[0]?.missing.profile).toEqual(['givenName', 'familyName', 'dateOfBirth', 'nationality']);
    expect(next[2]?.missing.documents.map(({ purpose }) => purpose)).toEqual([
      'identity',
      'likeness',
      'address',
      'funds',
    ]);
  });

  test('200: says less is missing with each document, and shows nothing of what stands in them', async () => {
    const customer = await givenCustomer(app);
    await upload(app, customer, 'national_id', { number: 'L01X00T47' });
    const { body } = await send(app, customer, 'GET', '');
    expect(body).toMatchObject({
      status: 'draft',
      next: [{ missing: { profile: [], documents: [{ purpose: 'identity' }] } }, {}, {}],
    });
    expect(JSON.stringify(body['next'])).toContain('{"kind":"national_id","sides":["back"]}');
    expect(JSON.stringify(body)).not.toContain('L01X00T47');
  });

  test('401 without a token', async () => {
    expect((await send(app, { token: 'none' }, 'GET', '')).status).toBe(401);
  });
});

describe('POST /v1/kyc/documents', () => {
  test('404 until there is a profile, and nothing is begun', async () => {
    const userId = parse(UserIdSchema, uuidv7());
    const token = app.issuer.token({ userId });
    const { status, body } = await send(app, { token }, 'POST', '/documents', announced('passport'));
    expect([status, body['code']]).toEqual([404, 'profile.not_found']);
    expect(await app.database.query('select 1 from profile.files where user_id = $1', [userId])).toEqual([]);
  });

  test('201: begins a case once, and says where the picture goes', async () => {
    const customer = await givenCustomer(app);
    const first = await send(app, customer, 'POST', '/documents', announced('passport'));
    const second = await send(app, customer, 'POST', '/documents', announced('selfie'));
    expect([first.status, second.status]).toEqual([201, 201]);
    expect(first.body['upload']).toMatchObject({
      url: expect.any(String),
      method: 'PUT',
      expiresIn: expect.any(Number),
    });
    expect(await auditsOf(app, customer.userId, 'kyc.case.begun')).toHaveLength(1);
    expect(await eventsOf(app, customer.userId)).toMatchObject([{ status: 'draft', tier: 0, version: '1' }]);
  });

  test.each([
    ['a passport without a number', 'passport', { number: undefined }, 'number'],
    ['a passport that has run out', 'passport', { expiresOn: '2020-01-01' }, 'expiresOn'],
    ['a day that there is not', 'passport', { expiresOn: '2041-02-30' }, 'expiresOn'],
    ['a number for what has none', 'selfie', { number: 'X1234' }, 'number'],
    ['the back of a passport', 'passport', { side: 'back' }, 'side'],
    ['an identity card of a country without', 'national_id', { country: 'GB' }, 'kind'],
    ['a country that is none', 'passport', { country: 'XX' }, 'country'],
    ['another kind of file', 'passport', { contentType: 'application/pdf' }, 'contentType'],
    ['a picture that is too large', 'passport', { sizeBytes: 11 * 1024 * 1024 }, 'sizeBytes'],
    ['a digest of another form', 'passport', { sha256: 'abc' }, 'sha256'],
    ['SR-66 a field of ours', 'passport', { userId: uuidv7() }, 'userId'],
  ])('422: %s', async (_what, kind, changes, path) => {
    const customer = await givenCustomer(app);
    const { status, body } = await send(app, customer, 'POST', '/documents', announced(kind, changes));
    expect([status, body['code']]).toEqual([422, 'request.invalid']);
    expect(JSON.stringify(body['errors'])).toContain(`"${path}"`);
  });

  test('SR-73, 409: nothing is added to a case that is being looked at', async () => {
    const customer = await givenSubmitted(app);
    const { status, body } = await send(app, customer, 'POST', '/documents', announced('selfie'));
    expect([status, body['code']]).toEqual([409, 'kyc.transition.illegal']);
    const open = await app.database.query("select 1 from profile.files where user_id = $1 and status = 'begun'", [
      customer.userId,
    ]);
    expect(open).toEqual([]);
  });

  test('SR-73: of documents begun at once one begins the case', async () => {
    const customer = await givenCustomer(app);
    const outcomes = await raceOf(12, () => send(app, customer, 'POST', '/documents', announced('passport')));
    expect(winners(outcomes).every(({ status }) => status === 201)).toBe(true);
    expect(await auditsOf(app, customer.userId, 'kyc.case.begun')).toHaveLength(1);
  });
});

describe('POST /v1/kyc/documents/{id}/complete', () => {
  test('200 again, and a later one of its kind and side takes its place', async () => {
    const customer = await givenCustomer(app);
    const first = await upload(app, customer, 'passport');
    expect((await send(app, customer, 'POST', `/documents/${first}/complete`, {})).status).toBe(200);
    const second = await upload(app, customer, 'passport', { number: 'C01X00T48' });
    const { body } = await send(app, customer, 'GET', '');
    expect((body['case'] as { documents: { id: string }[] }).documents.map(({ id }) => id)).toEqual([second]);
  });

  test('SR-65, 404: somebody else’s is like none', async () => {
    const [owner, stranger] = [await givenCustomer(app), await givenCustomer(app)];
    const id = await upload(app, owner, 'passport');
    const foreign = await send(app, stranger, 'POST', `/documents/${id}/complete`, {});
    const missing = await send(app, stranger, 'POST', `/documents/${uuidv7()}/complete`, {});
    expect([foreign.status, foreign.body['code']]).toEqual([404, 'kyc.document.not_found']);
    expect({ ...foreign.body, requestId: '' }).toEqual({ ...missing.body, requestId: '' });
  });

  test('409: what was announced before the case was handed in comes too late', async () => {
    const customer = await givenCustomer(app);
    await upload(app, customer, 'passport');
    const late = await upload(app, customer, 'selfie');
    await app.database.query("update profile.kyc_documents set state = 'begun', file_id = null where id = $1", [late]);
    await send(app, customer, 'POST', '/submissions', { tier: 1 });
    const { status } = await send(app, customer, 'POST', `/documents/${late}/complete`, {});
    expect(status).toBeGreaterThanOrEqual(400);
    const rows = await app.database.query('select state from profile.kyc_documents where id = $1', [late]);
    expect(rows).toEqual([{ state: 'begun' }]);
  });
});

describe('POST /v1/kyc/submissions', () => {
  test('202: submitted, told once, and a row of ids for the provider', async () => {
    const { userId, caseId, ...customer } = await givenSubmitted(app);
    expect((await send(app, customer, 'GET', '')).body).toMatchObject({ status: 'submitted', tier: 0 });
    expect(await eventsOf(app, userId, 'kyc.submitted.v1')).toMatchObject([{ caseId, attempt: 1, tier: 1 }]);
    expect(await auditsOf(app, userId, 'kyc.case.submitted')).toHaveLength(1);
    const rows = await app.database.query('select * from profile.kyc_submissions where user_id = $1', [userId]);
    expect(rows).toMatchObject([{ case_id: caseId, attempt: 1, state: 'pending', tries: 0 }]);
  });

  test('no metric says that it waits to be taken where staff alone decide', async () => {
    await givenSubmitted(app);
    expect(await metricsOf(app)).not.toMatch(/^kyc_submission/m);
  });

  test('409: names what is missing', async () => {
    const customer = await givenCustomer(app);
    await upload(app, customer, 'passport');
    const { status, body } = await send(app, customer, 'POST', '/submissions', { tier: 2 });
    expect([status, body['code']]).toEqual([409, 'kyc.incomplete']);
    expect(body['errors']).toEqual([
      { path: 'documents.likeness', rule: 'required' },
      { path: 'documents.address', rule: 'required' },
    ]);
  });

  test('SR-73, 409: without a case, twice, and for a tier that is reached', async () => {
    const customer = await givenCustomer(app);
    expect((await send(app, customer, 'POST', '/submissions', { tier: 1 })).body['code']).toBe(
      'kyc.transition.illegal',
    );
    const submitted = await givenSubmitted(app);
    expect((await send(app, submitted, 'POST', '/submissions', { tier: 1 })).body['code']).toBe(
      'kyc.transition.illegal',
    );
    await upload(app, customer, 'passport');
    await app.database.query(
      'insert into profile.kyc_standings (user_id, tier, version, updated_at) values ($1, 2, 9, now()) on conflict (user_id) do update set tier = 2',
      [customer.userId],
    );
    expect((await send(app, customer, 'POST', '/submissions', { tier: 1 })).body['code']).toBe('kyc.tier.reached');
  });

  test.each([{ tier: 0 }, { tier: 4 }, { tier: '1' }, {}, { tier: 1, status: 'approved' }])('422: %j', async (body) => {
    expect((await send(app, await givenCustomer(app), 'POST', '/submissions', body)).status).toBe(422);
  });

  test(`SR-73: of ${rounds} who hand in at once one does`, async () => {
    const customer = await givenCustomer(app);
    await upload(app, customer, 'passport');
    const outcomes = winners(await raceOf(rounds, () => send(app, customer, 'POST', '/submissions', { tier: 1 })));
    expect(outcomes.filter(({ status }) => status === 202)).toHaveLength(1);
    expect(outcomes.filter(({ status }) => status === 409)).toHaveLength(rounds - 1);
    expect(await eventsOf(app, customer.userId, 'kyc.submitted.v1')).toHaveLength(1);
    const [row] = await app.database.query<{ id: string }>('select id from profile.kyc_cases where user_id = $1', [
      customer.userId,
    ]);
    expect(await caseOf(app, row?.id ?? '')).toMatchObject({ status: 'submitted', attempt: 1 });
  });
});

test('SR-84, SR-85: what stands in a document is in no table, and opens in no other row', async () => {
  const [one, other] = [await givenCustomer(app), await givenCustomer(app)];
  const number = `Z${createHash('sha256').update(one.userId).digest('hex').slice(0, 12).toUpperCase()}`;
  const id = await upload(app, one, 'passport', { number });
  await upload(app, other, 'passport');
  for (const table of ['kyc_documents', 'kyc_cases', 'kyc_submissions', 'outbox']) {
    const rows = await app.database.query<{ row: string }>(`select t::text as row from profile.${table} t`);
    const dump = rows.map(({ row }) => row).join('\n');
    expect(dump).not.toContain(number);
    expect(dump).not.toContain(Buffer.from(number).toString('hex'));
  }
  await app.database.query(
    'update profile.kyc_documents set particulars = (select particulars from profile.kyc_documents where id = $1) where user_id = $2',
    [id, other.userId],
  );
  expect(await send(app, other, 'GET', '')).toMatchObject({ status: 503, body: { code: 'profile.unreadable' } });
});
