import { describe, expect, test } from 'vitest';
import { runningSandbox } from './running.ts';

const keys = { paystack: 'sk_test', flutterwave: 'FLWSECK_TEST' };

async function asking(options: Parameters<typeof runningSandbox>[0] = {}) {
  const { at } = await runningSandbox(options);
  const ask = async (name: keyof typeof keys, path: string, init: RequestInit & { key?: string } = {}) => {
    const { key = keys[name], ...rest } = init;
    const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' };
    const reply = await fetch(at(`/${name}/${path}`), { headers, redirect: 'manual', ...rest });
    const text = await reply.text();
    return { status: reply.status, body: text.startsWith('{') ? (JSON.parse(text) as Record<string, unknown>) : text };
  };
  return {
    at,
    paystack: (path: string, init?: RequestInit & { key?: string }) => ask('paystack', path, init),
    flutterwave: (path: string, init?: RequestInit & { key?: string }) => ask('flutterwave', `v3/${path}`, init),
  };
}

const resolution = (ending: string, code = '044') => `bank/resolve?account_number=01234567${ending}&bank_code=${code}`;

function resolving(ending: string, bank = '044'): [string, RequestInit] {
  const body = JSON.stringify({ account_number: `01234567${ending}`, account_bank: bank });
  return ['accounts/resolve', { method: 'POST', body }];
}

describe('Paystack', () => {
  test('lists the banks of a country by cursor', async () => {
    const { paystack } = await asking();
    const codes: unknown[] = [];
    let next: string | null = '';
    while (next !== null) {
      const query = `bank?country=nigeria&use_cursor=true&perPage=100${next === '' ? '' : `&next=${next}`}`;
      const { body } = await paystack(query);
      const page = body as { data: { code: string }[]; meta: { next: string | null } };
      codes.push(...page.data.map(({ code }) => code));
      next = page.meta.next;
    }
    expect(codes).toEqual(['044', '063', '011', '058', '50211', '057', '801']);
    expect((await paystack('bank?country=utopia')).status).toBe(400);
  });

  test.each([
    ['00', 200, { status: true, data: { account_number: '0123456700', account_name: 'ADA LOVELACE' } }],
    ['01', 200, { data: { account_name: 'LOVELACE, ADA' } }],
    ['02', 200, { data: { account_name: 'ADA KING LOVELACE' } }],
    ['03', 200, { data: { account_name: 'GRACE HOPPER' } }],
    ['04', 422, { status: false }],
    ['05', 500, { status: false }],
    ['06', 503, { status: false }],
    ['07', 200, { data: { account_name: 'ADA LOVELACE' } }],
    ['09', 429, { status: false }],
  ])('a number that ends with %s: %i', async (ending, status, body) => {
    const { paystack } = await asking();
    expect(await paystack(resolution(ending))).toMatchObject({ status, body });
  });

  test('a page instead of JSON, and another path instead of an answer', async () => {
    const { paystack } = await asking();
    expect(await paystack(resolution('08'))).toEqual({ status: 200, body: '<h1>It works!</h1>' });
    expect((await paystack(resolution('10'))).status).toBe(302);
  });

  test('a bank that is not there, and a key that is not the right one', async () => {
    const { paystack } = await asking();
    expect(await paystack(resolution('00', '999'))).toMatchObject({ status: 422, body: { code: 'unknown_bank_code' } });
    expect((await paystack('bank', { key: 'sk_live' })).status).toBe(401);
  });
});

describe('Flutterwave', () => {
  test('lists banks under codes of its own', async () => {
    const { body } = await (await asking()).flutterwave('banks/NG');
    expect(body).toMatchObject({ status: 'success' });
    expect((body as { data: unknown[] }).data).toContainEqual({ id: 5, code: '090267', name: 'Kuda' });
  });

  test.each([
    ['00', 200, { status: 'success', data: { account_number: '0123456700', account_name: 'ADA LOVELACE' } }],
    ['04', 400, { status: 'error', data: null }],
    ['05', 200, { status: 'success' }],
    ['06', 500, { status: 'error' }],
    ['09', 429, { status: 'error' }],
  ])('a number that ends with %s: %i', async (ending, status, body) => {
    const { flutterwave } = await asking();
    expect(await flutterwave(...resolving(ending))).toMatchObject({ status, body });
  });

  test('a bank that is not there, a body that is none, and a key that is not the right one', async () => {
    const { flutterwave } = await asking();
    expect((await flutterwave(...resolving('00', '999'))).status).toBe(400);
    expect((await flutterwave('accounts/resolve', { method: 'POST', body: 'x' })).status).toBe(400);
    expect((await flutterwave('banks/NG', { key: '' })).status).toBe(401);
  });

  test('lists kinds of bills, who sends them, and what they sell', async () => {
    const { flutterwave } = await asking();
    expect((await flutterwave('top-bill-categories?country=NG')).body).toMatchObject({
      data: [{ code: 'CABLEBILLS' }, {}],
    });
    expect((await flutterwave('bills/CABLEBILLS/billers?country=NG')).body).toMatchObject({
      data: [{ biller_code: 'BIL121', country_code: 'NG' }],
    });
    expect((await flutterwave('billers/BIL121/items')).body).toMatchObject({
      data: [{ item_code: 'CB141', label_name: 'SmartCard Number' }, { item_code: 'CB142' }],
    });
    expect((await flutterwave('billers/BIL999/items')).status).toBe(400);
  });

  test.each([
    [
      '00',
      200,
      { data: { response_code: '00', name: 'ADA LOVELACE', customer: '01234567800', product_code: 'CB141' } },
    ],
    ['04', 400, { status: 'error' }],
    ['06', 500, { status: 'error' }],
    ['07', 200, { data: { name: 'ADA LOVELACE' } }],
    ['11', 200, { data: { response_code: '00', name: null } }],
  ])('a customer number that ends with %s: %i', async (ending, status, body) => {
    const path = `bill-items/CB141/validate?code=BIL121&customer=012345678${ending}`;
    expect(await (await asking()).flutterwave(path)).toMatchObject({ status, body });
  });

  test('an item of another biller has no customers', async () => {
    const { flutterwave } = await asking();
    expect((await flutterwave('bill-items/CB141/validate?code=BIL113&customer=1')).status).toBe(400);
  });
});

test('a number belongs to whom it was given, at every one of them', async () => {
  const { at, paystack, flutterwave } = await asking();
  const give = (body: unknown) => fetch(at('/api/holders/0123456704'), { method: 'PUT', body: JSON.stringify(body) });
  expect([(await give({})).status, (await give({ name: 'EMEKA OBI' })).status]).toEqual([400, 204]);
  const holder = { data: { account_name: 'EMEKA OBI' } };
  expect((await paystack(resolution('04'))).body).toMatchObject(holder);
  expect((await flutterwave(...resolving('04'))).body).toMatchObject(holder);
});
