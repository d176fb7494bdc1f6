import { request } from '@bank/composition/testing';
import { uuidv7 } from '@bank/domain';
import { raceOf, winners } from '@bank/testing';
import { describe, expect, test } from 'vitest';
import { accountsApp, givenAda, toldOf } from './accounts-app.ts';

const app = await accountsApp();
const path = '/v1/profile/biller-accounts';

/** A customer number that nobody else was given; `ending` says what comes of it. */
function numberEnding(ending: string): string {
  return String(Math.floor(Math.random() * 1e8)).padStart(8, '0') + ending;
}

function meter(customerNumber = numberEnding('00'), changes: object = {}) {
  const biller = { category: 'UTILITYBILLS', billerCode: 'BIL113', itemCode: 'UB159' };
  return { country: 'NG', ...biller, customerNumber, ...changes };
}

const link = (token: string, body: object = meter(), headers: Record<string, string> = {}) =>
  request(app.service, 'POST', path, { token, body, headers });
const get = (token: string, at: string = path) => request(app.service, 'GET', at, { token });
const unlink = (token: string, id: string) => request(app.service, 'DELETE', `${path}/${id}`, { token });
const itemsOf = async (token: string) => ((await get(token)).body as { items: { id: string }[] }).items;

describe('whom there are bills of', () => {
  test('200: kinds, billers, and what they sell', async () => {
    const token = app.issuer.token();
    expect((await get(token, '/v1/profile/biller-categories?country=NG')).body).toEqual({
      items: [
        { code: 'CABLEBILLS', name: 'Cable Bill Payment' },
        { code: 'UTILITYBILLS', name: 'Utility Bills' },
      ],
      nextCursor: null,
    });
    const billers = await get(token, '/v1/profile/billers?country=NG&category=UTILITYBILLS');
    expect(billers.body).toMatchObject({ items: [{ code: 'BIL113', name: 'Ikeja Electric' }] });
    const items = await get(token, '/v1/profile/biller-items?billerCode=BIL113');
    expect(items.body).toMatchObject({ items: [{ code: 'UB159', name: 'IKEDC PREPAID', label: 'Meter Number' }] });
  });

  test('200: nobody and nothing where there is no such kind or biller', async () => {
    const token = app.issuer.token();
    const empty = { status: 200, body: { items: [], nextCursor: null } };
    expect(await get(token, '/v1/profile/billers?country=NG&category=NONE')).toMatchObject(empty);
    expect(await get(token, '/v1/profile/biller-items?billerCode=BIL999')).toMatchObject(empty);
  });

  test.each([
    '/v1/profile/biller-categories?country=NG',
    '/v1/profile/billers?country=NG&category=UTILITYBILLS',
    '/v1/profile/biller-items?billerCode=BIL113',
    '/v1/profile/banks?country=NG',
    '/v1/profile/bank-accounts?',
    '/v1/profile/biller-accounts?',
  ])('the two parameters of every list are taken, and %s stays whole', async (at) => {
    const { token } = await givenAda(app);
    const whole = await get(token, at);
    expect(await get(token, `${at}&limit=1`)).toMatchObject({ status: 200, body: whole.body });
    const refused = { status: 422, body: { errors: [{ path: 'cursor', rule: 'cursor' }] } };
    expect(await get(token, `${at}&cursor=abc`)).toMatchObject(refused);
  });

  test.each([
    '/v1/profile/biller-categories?country=DE',
    '/v1/profile/billers?country=NG',
    '/v1/profile/billers?country=NG&category=..%2Fx',
    '/v1/profile/biller-items?billerCode=BIL%20113',
  ])('422: %s', async (at) => {
    expect((await get(app.issuer.token(), at)).status).toBe(422);
  });
});

describe('POST /v1/profile/biller-accounts', () => {
  test('201: the number is masked, and the ledger is told', async () => {
    const { token, userId, weakToken } = await givenAda(app);
    const answer = await link(weakToken, meter('0025401100', { label: 'Mum’s meter' }));
    expect(answer).toMatchObject({
      status: 201,
      body: {
        ...{ country: 'NG', billerCode: 'BIL113', billerName: 'Ikeja Electric', itemName: 'IKEDC PREPAID' },
        ...{ customerNumber: '******1100', customerName: 'ADA LOVELACE', label: 'Mum’s meter' },
      },
    });
    expect((await get(token)).body).toEqual({ items: [answer.body], nextCursor: null });
    expect((await toldOf(app, userId)).slice(-1)).toEqual(['audit biller_account.linked']);
  });

  test('201: of somebody else’s name first letters are shown', async () => {
    const { token } = await givenAda(app, { givenName: 'Emeka', familyName: 'Obi' });
    expect(await link(token)).toMatchObject({ status: 201, body: { customerName: 'A*** L***', label: null } });
  });

  test('201: a biller may not tell a name', async () => {
    const answer = await link((await givenAda(app)).token, meter(numberEnding('11')));
    expect(answer).toMatchObject({ status: 201, body: { customerName: null } });
  });

  test('201: once for an Idempotency-Key', async () => {
    const { token } = await givenAda(app);
    const [body, headers] = [meter(), { 'idempotency-key': uuidv7() }];
    const [first, again] = [await link(token, body, headers), await link(token, body, headers)];
    expect([again.status, again.body]).toEqual([201, first.body]);
  });

  test('422: no such customer, which is recorded', async () => {
    const { token, userId } = await givenAda(app);
    const answer = await link(token, meter(numberEnding('04')));
    expect(answer).toMatchObject({ status: 422, body: { code: 'biller_account.not_confirmed' } });
    expect((await toldOf(app, userId)).slice(-1)).toEqual(['audit biller_account.refused']);
    expect(await itemsOf(token)).toEqual([]);
  });

  test('409: linked already; another user may link it as well', async () => {
    const { token } = await givenAda(app);
    const body = meter();
    expect((await link(token, body)).status).toBe(201);
    expect(await link(token, body)).toMatchObject({ status: 409, body: { code: 'biller_account.linked_already' } });
    expect((await link((await givenAda(app)).token, body)).status).toBe(201);
  });

  test('409 when there are twenty, and 429 when twenty were asked about', async () => {
    const { token, userId } = await givenAda(app);
    for (let count = 0; count < 20; count += 1) expect((await link(token)).status).toBe(201);
    expect(await link(token)).toMatchObject({ status: 409, body: { code: 'biller_account.limit_reached' } });
    await app.database.query('delete from profile.biller_accounts where user_id = $1', [userId]);
    expect(await link(token)).toMatchObject({ status: 429, body: { code: 'request.rate_limited' } });
  });

  test.each([
    ['billerCode', 'BIL999', 'code'],
    ['itemCode', 'CB141', 'code'],
    ['category', 'CABLEBILLS', 'code', 'billerCode'],
    ['customerNumber', '00 25', 'customer_number'],
    ['label', 'two\nlines', 'plain_text'],
    ['customerName', 'ADA', 'unknown_field'],
  ])('422: %s as %j', async (field, value, rule, at = field) => {
    const answer = await link((await givenAda(app)).token, meter(undefined, { [field]: value }));
    expect(answer).toMatchObject({ status: 422, body: { errors: [{ path: at, rule }] } });
  });

  test('the same one by four at once, twenty times: it is linked once', { timeout: 60_000 }, async () => {
    for (let round = 0; round < 20; round += 1) {
      const { token } = await givenAda(app);
      const body = meter();
      const outcomes = winners(await raceOf(4, () => link(token, body)));
      expect(outcomes.map(({ status }) => status).sort()).toEqual([201, 409, 409, 409]);
    }
  });
});

describe('DELETE /v1/profile/biller-accounts/{id}', () => {
  test('204: it is gone, and may be linked again', async () => {
    const { token, userId } = await givenAda(app);
    const body = meter();
    const { id } = (await link(token, body)).body as { id: string };
    expect((await unlink(token, id)).status).toBe(204);
    expect(await itemsOf(token)).toEqual([]);
    expect((await toldOf(app, userId)).slice(-1)).toEqual(['audit biller_account.unlinked']);
    expect((await link(token, body)).status).toBe(201);
  });

  test('SR-65: 404 for somebody else’s and for a missing one, which stay', async () => {
    const [one, other] = [await givenAda(app), await givenAda(app)];
    const { id } = (await link(other.token)).body as { id: string };
    const answers = [await unlink(one.token, id), await unlink(one.token, uuidv7())];
    expect(answers).toMatchObject(Array(2).fill({ status: 404, body: { code: 'biller_account.not_found' } }));
    expect(await itemsOf(other.token)).toHaveLength(1);
  });
});

// Last, since it may open the circuit.
test.each(['06', '07', '08'])(
  '503: a biller that cannot be asked about …%s, and says when to come again',
  async (ending) => {
    const { token } = await givenAda(app);
    const answer = await link(token, meter(numberEnding(ending)));
    expect(answer).toMatchObject({ status: 503, body: { code: 'lookup.unavailable' } });
    expect(answer.headers.get('retry-after')).toBe('60');
  },
);
