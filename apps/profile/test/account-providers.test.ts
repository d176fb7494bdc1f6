import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { DomainError, Secret } from '@bank/domain';
import { fixedClock, type HttpAnswer, type HttpCall, testHttpServer } from '@bank/testing';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { ListedBank } from '#adapters/bank-accounts/bank-account-provider.ts';
import { createBankAccountResolver } from '#adapters/bank-accounts/bank-account-resolver.ts';
import { createFlutterwave } from '#adapters/bank-accounts/flutterwave.ts';
import { createPaystack } from '#adapters/bank-accounts/paystack.ts';
import { createFlutterwaveBills } from '#adapters/bills/flutterwave-bills.ts';
import { createLookupChain } from '#adapters/lookups/lookup-chain.ts';

type Answer = (call: HttpCall, count: number) => HttpAnswer | undefined;

async function api(answer: Answer | HttpAnswer, deadlineMs = 1000) {
  const server = await testHttpServer(typeof answer === 'function' ? answer : () => answer);
  onTestFinished(server.close);
  const options = { baseUrl: `${server.url}/api`, secretKey: new Secret('sk_live_key'), deadlineMs };
  return { ...server, options };
}

const account = { country: 'NG', bankCode: '044', accountNumber: '0001234567' } as const;
const paystackAnswer = (data: object) => ({ status: 200, body: { status: true, message: 'resolved', data } });
const flutterwaveAnswer = (data: unknown) => ({ status: 200, body: { status: 'success', message: 'ok', data } });

describe('Paystack', () => {
  const found = paystackAnswer({ account_number: '0001234567', account_name: ' ADA LOVELACE ', bank_id: 9 });

  test('is asked as it documents', async () => {
    const { calls, options } = await api(found);
    expect(await createPaystack(options).resolve(account)).toBe('ADA LOVELACE');
    expect(calls).toMatchObject([
      {
        method: 'GET',
        path: '/api/bank/resolve?account_number=0001234567&bank_code=044',
        headers: { authorization: 'Bearer sk_live_key', accept: 'application/json' },
      },
    ]);
  });

  test('lists banks page by page, without what is no bank or is gone', async () => {
    const bank = (code: string, more: object = {}) => ({
      code,
      name: `Bank ${code}`,
      type: 'ghipss',
      active: true,
      ...more,
    });
    const pages = [
      [bank('1'), bank('2', { type: 'mobile_money' })],
      [bank('3', { active: false }), bank('4', { type: null })],
    ];
    const { calls, options } = await api((_, count) => {
      const meta = { next: count === 1 ? 'bank:2' : null };
      return { status: 200, body: { status: true, data: pages[count - 1], meta } };
    });
    const banks = await createPaystack(options).listBanks('GH');
    expect(banks.map(({ code }) => code)).toEqual(['1', '4']);
    expect(calls.map(({ path }) => path)).toEqual([
      '/api/bank?country=ghana&use_cursor=true&perPage=100',
      '/api/bank?country=ghana&use_cursor=true&perPage=100&next=bank%3A2',
    ]);
  });

  test('may have lost the noughts of a number', async () => {
    const { options } = await api(paystackAnswer({ account_number: 1234567, account_name: 'ADA', bank_id: 9 }));
    expect(await createPaystack(options).resolve(account)).toBe('ADA');
  });

  test.each([400, 422])('knows no such account: %i', async (status) => {
    const { options } = await api({ status, body: { status: false, message: 'Could not resolve account name' } });
    expect(await createPaystack(options).resolve(account)).toBeUndefined();
  });

  test.each([
    ['no JSON', { status: 200, body: undefined }],
    ['no name', paystackAnswer({ account_number: '0001234567', account_name: ' ' })],
    ['another account', paystackAnswer({ account_number: '0001234568', account_name: 'ADA' })],
    ['a refusal with 200', { status: 200, body: { status: false, message: 'no' } }],
  ])('says something else than it documents: %s', async (_, answer) => {
    const { options } = await api(answer);
    await expect(createPaystack(options).resolve(account)).rejects.toMatchObject({ kind: 'malformed' });
  });

  test.each([
    [401, 'away'],
    [404, 'away'],
    [429, 'away'],
    [500, 'away'],
    [409, 'refused'],
  ])('does not answer: %i is %s', async (status, kind) => {
    const { options } = await api({ status, body: {} });
    const failure = await createPaystack(options)
      .resolve(account)
      .catch((error: unknown) => error);
    expect(failure).toMatchObject({ name: 'LookupFailed', kind });
    expect(String(failure)).not.toMatch(/0001234567|sk_live/);
  });

  test('SR-75: leads nobody elsewhere', async () => {
    const { calls, options } = await api({ status: 307, headers: { location: '/api/bank/other' } });
    await expect(createPaystack(options).resolve(account)).rejects.toMatchObject({ kind: 'away' });
    expect(calls.every(({ path }) => path.startsWith('/api/bank/resolve'))).toBe(true);
  });

  test('is asked once more when it breaks off', async () => {
    let count = 0;
    const server = createServer((incoming, response) => {
      count += 1;
      if (count === 1) incoming.socket.destroy();
      else response.end(JSON.stringify(found.body));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => server[Symbol.asyncDispose]());
    const { port } = server.address() as AddressInfo;
    const options = { baseUrl: `http://127.0.0.1:${port}`, secretKey: new Secret('key'), deadlineMs: 1000 };
    expect(await createPaystack(options).resolve(account)).toBe('ADA LOVELACE');
    expect(count).toBe(2);
  });

  test('is not asked again when it takes too long', async () => {
    const { calls, options } = await api(() => undefined, 60);
    await expect(createPaystack(options).resolve(account)).rejects.toMatchObject({ kind: 'away' });
    expect(calls).toHaveLength(1);
  });
});

describe('Flutterwave', () => {
  test('is asked as it documents', async () => {
    const { calls, options } = await api(flutterwaveAnswer({ account_number: '0001234567', account_name: 'ADA' }));
    expect(await createFlutterwave(options).resolve(account)).toBe('ADA');
    expect(calls).toMatchObject([
      {
        method: 'POST',
        path: '/api/accounts/resolve',
        headers: { authorization: 'Bearer sk_live_key', 'content-type': 'application/json' },
        body: JSON.stringify({ account_number: '0001234567', account_bank: '044' }),
      },
    ]);
  });

  test('lists banks', async () => {
    const { calls, options } = await api(flutterwaveAnswer([{ id: 1, code: '044', name: 'Access Bank' }]));
    expect(await createFlutterwave(options).listBanks('NG')).toEqual([{ code: '044', name: 'Access Bank' }]);
    expect(calls[0]?.path).toBe('/api/banks/NG');
  });

  test.each([200, 400])('knows no such account: %i', async (status) => {
    const { options } = await api({ status, body: { status: 'error', message: 'invalid', data: null } });
    expect(await createFlutterwave(options).resolve(account)).toBeUndefined();
  });

  test.each([
    ['another account', flutterwaveAnswer({ account_number: '1', account_name: 'ADA' })],
    ['nothing', { status: 200, body: {} }],
  ])('says something else than it documents: %s', async (_, answer) => {
    const { options } = await api(answer);
    await expect(createFlutterwave(options).resolve(account)).rejects.toMatchObject({ kind: 'malformed' });
  });
});

describe('Flutterwave bills', () => {
  const customer = { billerCode: 'BIL/121', itemCode: 'CB 141', customerNumber: '0025401100' };
  const validated = { response_code: '00', name: ' ADA ', customer: '0025401100', product_code: 'CB141' };

  test('are asked about as it documents, with nothing of the path made of what a user gave', async () => {
    const { calls, options } = await api(flutterwaveAnswer(validated));
    expect(await createFlutterwaveBills(options).validate(customer)).toEqual({ name: 'ADA' });
    expect(calls[0]?.path).toBe('/api/bill-items/CB%20141/validate?code=BIL%2F121&customer=0025401100');
  });

  test.each([
    ['a name that is not told', { ...validated, name: null }, { name: null }],
    ['an empty name', { ...validated, name: ' ' }, { name: null }],
    ['no such customer', { ...validated, response_code: 'RN0' }, undefined],
  ])('%s', async (_, data, answer) => {
    const { options } = await api(flutterwaveAnswer(data));
    expect(await createFlutterwaveBills(options).validate(customer)).toEqual(answer);
  });

  test('another customer than was asked about is no answer', async () => {
    const { options } = await api(flutterwaveAnswer({ ...validated, customer: '1' }));
    await expect(createFlutterwaveBills(options).validate(customer)).rejects.toMatchObject({ kind: 'malformed' });
  });

  test('are listed by kind, biller and item; what is not there has none', async () => {
    const { calls, options } = await api(({ path }) => {
      if (path.includes('categories')) {
        return flutterwaveAnswer([
          { code: 'TV', name: 'Television', country_code: 'NG' },
          { code: 'TAX', name: 'Tax', country_code: 'GH' },
        ]);
      }
      if (path.includes('items')) return { status: 400, body: { status: 'error', message: 'no', data: null } };
      return flutterwaveAnswer([{ biller_code: 'BIL1', name: 'DSTV', id: 1 }]);
    });
    const bills = createFlutterwaveBills(options);
    expect(await bills.listCategories('NG')).toEqual([{ code: 'TV', name: 'Television' }]);
    expect(await bills.listBillers('NG', 'TV')).toEqual([{ code: 'BIL1', name: 'DSTV' }]);
    expect(await bills.listItems('BIL9')).toEqual([]);
    expect(calls.map(({ path }) => path)).toEqual([
      '/api/top-bill-categories?country=NG',
      '/api/bills/TV/billers?country=NG',
      '/api/billers/BIL9/items',
    ]);
  });
});

describe('two providers', () => {
  async function resolverOf(paystack: Answer, flutterwave: Answer) {
    const [one, other] = [await api(paystack), await api(flutterwave)];
    const kept = new Map<string, readonly ListedBank[]>();
    const measured: string[] = [];
    const providers = [createPaystack(one.options), createFlutterwave(other.options)];
    const metrics = {
      observe: (labels: { provider: string; outcome: string }) => measured.push(`${labels.provider} ${labels.outcome}`),
      watch: () => undefined,
    };
    const chain = createLookupChain({ kind: 'bank', providers, clock: fixedClock(), metrics });
    const lists = {
      get: async (key: string) => kept.get(key),
      set: async (key: string, value: readonly ListedBank[]) => void kept.set(key, value),
      delete: async () => undefined,
    };
    return { resolver: createBankAccountResolver({ providers, chain, lists }), one, other, measured, kept };
  }

  const down: Answer = () => ({ status: 503, body: {} });
  const paystackBanks: Answer = () => ({
    status: 200,
    body: { status: true, data: [{ code: '50211', name: 'Kuda Bank' }], meta: { next: null } },
  });
  const flutterwaveBanks: Answer = () => flutterwaveAnswer([{ code: '090267', name: 'Kuda' }]);

  test('give one list, and each is asked for its own once', async () => {
    const { resolver, one, other } = await resolverOf(paystackBanks, flutterwaveBanks);
    const banks = [{ code: '50211', name: 'Kuda Bank', codes: { paystack: '50211', flutterwave: '090267' } }];
    expect(await resolver.listBanks('NG')).toEqual(banks);
    expect(await resolver.listBanks('NG')).toEqual(banks);
    expect([one.calls.length, other.calls.length]).toEqual([1, 1]);
  });

  test('the list of the one does for both while the other is away, and is not taken for the whole', async () => {
    const { resolver, kept } = await resolverOf(down, flutterwaveBanks);
    expect(await resolver.listBanks('NG')).toMatchObject([{ code: '090267', codes: { flutterwave: '090267' } }]);
    expect([...kept.keys()]).toEqual(['flutterwave:NG']);
  });

  test('both away: nobody can say anything', async () => {
    const { resolver } = await resolverOf(down, down);
    const failure = await resolver.listBanks('NG').catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(DomainError);
    expect(failure).toMatchObject({ code: 'lookup.unavailable', details: { retryAfterSeconds: 60 } });
  });

  test('the second is asked under its own code for the bank, and alone once the first is known to be away', async () => {
    const { resolver, one, other, measured } = await resolverOf(down, () =>
      flutterwaveAnswer({ account_number: '0001234567', account_name: 'ADA' }),
    );
    const bank = { code: '50211', name: 'Kuda', codes: { paystack: '50211', flutterwave: '090267' } };
    const ask = () => resolver.resolve({ country: 'NG', bank, accountNumber: '0001234567' });
    for (let asked = 0; asked < 7; asked += 1) expect(await ask()).toEqual({ provider: 'flutterwave', holder: 'ADA' });
    expect([one.calls.length, other.calls.length]).toEqual([5, 7]);
    expect(other.calls[0]?.body).toContain('"account_bank":"090267"');
    expect(measured.slice(0, 2)).toEqual(['paystack away', 'flutterwave answered']);
    expect(measured.slice(-2)).toEqual(['flutterwave answered', 'flutterwave answered']);
  });

  test('who does not know the bank is not asked', async () => {
    const { resolver, other } = await resolverOf(down, flutterwaveBanks);
    const bank = { code: '801', name: 'Abbey', codes: { paystack: '801' } };
    await expect(resolver.resolve({ country: 'NG', bank, accountNumber: '1' })).rejects.toMatchObject({
      code: 'lookup.unavailable',
    });
    expect(other.calls).toEqual([]);
  });

  test('an account that the first does not know is not asked about again', async () => {
    const { resolver, other } = await resolverOf(() => ({ status: 422, body: { status: false } }), flutterwaveBanks);
    const bank = { code: '044', name: 'Access', codes: { paystack: '044', flutterwave: '044' } };
    expect(await resolver.resolve({ country: 'NG', bank, accountNumber: '1' })).toEqual({
      provider: 'paystack',
      holder: undefined,
    });
    expect(other.calls).toEqual([]);
  });
});
