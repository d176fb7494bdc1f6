import { request } from '@bank/composition/testing';
import { describe, expect, test } from 'vitest';
import { accountsApp, givenAda } from './accounts-app.ts';
import { account, numberEnding } from './bank-accounts-under-test.ts';

const app = await accountsApp();
const emeka = { givenName: 'Emeka', familyName: 'Obi' };

/** What users say of themselves from now on. */
async function rename(token: string, names: object): Promise<void> {
  const { headers } = await request(app.service, 'GET', '/v1/profile', { token });
  const conditional = { 'if-match': headers.get('etag') ?? '' };
  const { status } = await request(app.service, 'PATCH', '/v1/profile', { token, body: names, headers: conditional });
  expect(status).toBe(200);
}

async function linkMeter(token: string) {
  const biller = { category: 'UTILITYBILLS', billerCode: 'BIL113', itemCode: 'UB159' };
  const body = { country: 'NG', ...biller, customerNumber: numberEnding('00') };
  return (await request(app.service, 'POST', '/v1/profile/biller-accounts', { token, body })).body;
}

async function linkBank(token: string, ending: string) {
  const body = account(numberEnding(ending));
  return (await request(app.service, 'POST', '/v1/profile/bank-accounts', { token, body })).body as { id: string };
}

const listed = async (token: string, what: 'bank' | 'biller') =>
  ((await request(app.service, 'GET', `/v1/profile/${what}-accounts`, { token })).body as { items: object[] }).items;

describe('SR-65: of a name that was looked up', () => {
  test('a customer is shown no more for calling themselves so afterwards', async () => {
    const { token } = await givenAda(app, emeka);
    const meter = await linkMeter(token);
    expect(meter).toMatchObject({ customerName: 'A*** L***' });
    await rename(token, { givenName: 'Ada Grace Emeka', familyName: 'Hopper Lovelace Obi' });
    expect(await listed(token, 'biller')).toEqual([meter]);
  });

  test('nor is the holder of a bank account, by whichever answer', async () => {
    const { token } = await givenAda(app);
    const bank = await linkBank(token, '02');
    expect(bank).toMatchObject({ holderName: 'ADA K*** LOVELACE', nameMatch: 'likely' });
    await rename(token, { middleName: 'King' });
    expect(await listed(token, 'bank')).toEqual([bank]);
    const chosen = await request(app.service, 'POST', `/v1/profile/bank-accounts/${bank.id}/default`, { token });
    expect(chosen).toMatchObject({ status: 200, body: bank });
  });

  test('their own stays theirs, whatever they call themselves afterwards', async () => {
    const { token } = await givenAda(app);
    const [meter, bank] = [await linkMeter(token), await linkBank(token, '00')];
    await rename(token, emeka);
    expect([await listed(token, 'biller'), await listed(token, 'bank')]).toMatchObject([[meter], [bank]]);
    expect([meter, bank]).toMatchObject([{ customerName: 'ADA LOVELACE' }, { holderName: 'ADA LOVELACE' }]);
  });
});
