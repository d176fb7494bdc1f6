import { request } from '@bank/composition/testing';
import { uuidv7 } from '@bank/domain';
import { describe, expect, test } from 'vitest';
import { accountsApp, givenAda, toldOf } from './accounts-app.ts';
import { type Account, account, bankAccountsOf, numberEnding, path } from './bank-accounts-under-test.ts';

const app = await accountsApp();
const { link, linked, listed } = bankAccountsOf(app);

describe('GET /v1/profile/banks', () => {
  const banks = (query: string, token?: string) =>
    request(app.service, 'GET', `/v1/profile/banks${query}`, token === undefined ? {} : { token });

  test('200: those of all providers, by name, under one code each', async () => {
    const { body, status } = await banks('?country=NG', (await givenAda(app)).token);
    const { items } = body as { items: { code: string; name: string }[] };
    expect(status).toBe(200);
    expect(items).toEqual(expect.arrayContaining([{ code: '50211', name: 'Kuda Bank' }]));
    expect(items.map(({ code }) => code).sort()).toEqual(['011', '044', '057', '058', '063', '090137', '50211', '801']);
    expect(items[0]?.name).toBe('Abbey Mortgage Bank');
  });

  test('200: of a country that one provider knows', async () => {
    expect((await banks('?country=GH', app.issuer.token())).body).toMatchObject({ items: [{ code: '030100' }, {}] });
  });

  test('422: of a country that nobody knows, and of none', async () => {
    const token = app.issuer.token();
    expect([(await banks('?country=DE', token)).status, (await banks('', token)).status]).toEqual([422, 422]);
  });

  test('401: without a token', async () => {
    expect((await banks('?country=NG')).status).toBe(401);
  });
});

describe('POST /v1/profile/bank-accounts', () => {
  test('201: the first is the default, the number is masked, and everybody is told', async () => {
    const { token, userId } = await givenAda(app);
    const answer = await link(token, account('0123456789'));
    expect(answer).toMatchObject({
      status: 201,
      body: {
        ...{ country: 'NG', bankCode: '044', bankName: 'Access Bank', accountNumber: '******6789' },
        ...{ holderName: 'ADA LOVELACE', nameMatch: 'exact', default: true },
      },
    });
    expect(await listed(token)).toEqual([answer.body]);
    expect((await toldOf(app, userId)).slice(-3)).toEqual([
      'events bank_account.linked.v1',
      'audit bank_account.linked',
      'deliveries bank-account-linked',
    ]);
    expect(await linked(token)).toMatchObject({ default: false });
  });

  test('SR-85: the event names ids alone, and no table or message holds number or name', async () => {
    const { token, userId } = await givenAda(app, { givenName: 'Ottoline', familyName: 'Quintessa' });
    const number = numberEnding('33');
    const refused = await link(token, account(number));
    expect(refused.status).toBe(422);
    const { token: ada, userId: adasId } = await givenAda(app);
    const { id } = (await link(ada, account(number))).body as Account;
    const [event] = await app.database.query(
      "select data from profile.outbox where subject = $1 and type = 'bank_account.linked.v1'",
      [adasId],
    );
    expect(event?.['data']).toEqual({ userId: adasId, accountId: id, linkedAt: expect.any(String) });
    for (const table of ['bank_accounts', 'bank_account_digests', 'outbox', 'idempotency_keys']) {
      const rows = await app.database.query<{ row: string }>(`select t::text as row from profile.${table} t`);
      const dump = rows.map(({ row }) => row).join('\n');
      for (const text of [number, 'LOVELACE', 'Quintessa']) {
        expect(dump).not.toContain(text);
        expect(dump).not.toContain(Buffer.from(text).toString('hex'));
      }
    }
    expect(await toldOf(app, userId)).toContain('audit bank_account.refused');
  });

  test('201: a name that is nearly the same is linked as such, and what is not the user’s is not shown', async () => {
    const answer = await link((await givenAda(app)).token, account(numberEnding('02')));
    expect(answer).toMatchObject({ status: 201, body: { nameMatch: 'likely', holderName: 'ADA K*** LOVELACE' } });
  });

  test('201: once for an Idempotency-Key', async () => {
    const { token } = await givenAda(app);
    const [body, headers] = [account(), { 'idempotency-key': uuidv7() }];
    const first = await link(token, body, headers);
    const again = await link(token, body, headers);
    expect([again.status, again.body]).toEqual([201, first.body]);
    expect(await listed(token)).toHaveLength(1);
    expect((await link(token, account(), headers)).status).toBe(409);
  });

  test('422: an account of somebody else and one that is not there are answered alike, and recorded', async () => {
    const { token, userId } = await givenAda(app);
    const answers = [await link(token, account(numberEnding('03'))), await link(token, account(numberEnding('04')))];
    const [other, missing] = answers.map(({ status, body, headers }) => {
      const { requestId: _requestId, ...rest } = body as Record<string, unknown>;
      return { status, rest, type: headers.get('content-type') };
    });
    expect(other).toEqual(missing);
    expect(other).toMatchObject({ status: 422, rest: { code: 'bank_account.not_confirmed' } });
    expect(JSON.stringify(answers)).not.toMatch(/GRACE|HOPPER/i);
    const rows = await app.database.query(
      "select data->'details' as details from profile.outbox where subject = $1 and data->>'action' = 'bank_account.refused' order by id",
      [userId],
    );
    expect(rows.map(({ details }) => details)).toEqual([
      { provider: 'paystack', nameMatch: 'different' },
      { provider: 'paystack', nameMatch: 'unknown' },
    ]);
    expect(await listed(token)).toEqual([]);
  });

  test('409: linked already, which asks nobody; another user may link it as well', async () => {
    const { token } = await givenAda(app);
    const body = account();
    expect((await link(token, body)).status).toBe(201);
    expect(await link(token, body)).toMatchObject({ status: 409, body: { code: 'bank_account.linked_already' } });
    expect((await link((await givenAda(app)).token, body)).status).toBe(201);
  });

  test('409: without a legal name', async () => {
    const { token } = await givenAda(app, { preferredName: 'Ada' });
    expect(await link(token)).toMatchObject({ status: 409, body: { code: 'bank_account.name_missing' } });
  });

  test('409: when there are ten', async () => {
    const { token } = await givenAda(app);
    for (let count = 0; count < 10; count += 1) await linked(token);
    expect(await link(token)).toMatchObject({ status: 409, body: { code: 'bank_account.limit_reached' } });
    expect(await listed(token)).toHaveLength(10);
  });

  test.each([
    ['accountNumber', '012345678', 'account_number'],
    ['accountNumber', '01234567890', 'account_number'],
    ['accountNumber', '01234-6789', 'account_number'],
    ['accountNumber', 123456789, 'string'],
    ['bankCode', '999', 'bank_code'],
    ['bankCode', '../044', 'bank_code'],
    ['country', 'DE', 'picklist'],
    ['isDefault', true, 'unknown_field'],
    ['nameMatch', 'exact', 'unknown_field'],
  ])('422: %s as %j', async (field, value, rule) => {
    const answer = await link((await givenAda(app)).token, account(undefined, { [field]: value }));
    expect(answer).toMatchObject({ status: 422, body: { errors: [{ path: field, rule }] } });
  });

  test('404: a user without a profile', async () => {
    expect((await link(app.issuer.token({ acr: 'aal2' }))).status).toBe(404);
  });

  test('429: whoever asks about many accounts, whatever is answered', async () => {
    const { token } = await givenAda(app);
    for (let asked = 0; asked < 20; asked += 1) {
      expect((await link(token, account(numberEnding('04')))).status).toBe(422);
    }
    const answer = await link(token);
    expect(answer).toMatchObject({ status: 429, body: { code: 'request.rate_limited' } });
    expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(80_000);
  });
});

describe('SR-62: who has not just proved a second factor', () => {
  test.each([
    ['POST', path],
    ['POST', `${path}/${uuidv7()}/default`],
    ['DELETE', `${path}/${uuidv7()}`],
  ])('403: %s %s', async (method, at) => {
    const { userId, weakToken } = await givenAda(app);
    const stale = app.issuer.token({ userId, acr: 'aal2', authTime: Math.floor(Date.now() / 1000) - 301 });
    for (const token of [weakToken, stale]) {
      const body = method === 'POST' && at === path ? { body: account() } : {};
      expect(await request(app.service, method, at, { token, ...body })).toMatchObject({
        status: 403,
        body: { code: 'auth.step_up.required' },
      });
    }
  });
});
