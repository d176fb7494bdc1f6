import { uuidv7 } from '@bank/domain';
import { raceOf, winners } from '@bank/testing';
import { describe, expect, test } from 'vitest';
import { accountsApp, givenAda, toldOf } from './accounts-app.ts';
import { type Account, account, bankAccountsOf, numberEnding } from './bank-accounts-under-test.ts';

const app = await accountsApp();
const { defaultsOf, link, linked, listed, prefer, providerOf, unlink } = bankAccountsOf(app);

describe('POST /v1/profile/bank-accounts/{id}/default', () => {
  test('200: takes the place of the one that was, and is told once', async () => {
    const { token, userId } = await givenAda(app);
    const [first, second] = [await linked(token), await linked(token)];
    expect(await prefer(token, second.id)).toMatchObject({ status: 200, body: { id: second.id, default: true } });
    expect(await listed(token)).toMatchObject([
      { id: second.id, default: true },
      { id: first.id, default: false },
    ]);
    const told = ['audit bank_account.default_changed', 'deliveries bank-account-default'];
    expect((await toldOf(app, userId)).slice(-2)).toEqual(told);
    const before = await toldOf(app, userId);
    expect((await prefer(token, second.id)).status).toBe(200);
    expect(await toldOf(app, userId)).toEqual(before);
  });

  test('SR-65: 404 for somebody else’s and for a missing one, and the default stays', async () => {
    const [one, other] = [await givenAda(app), await givenAda(app)];
    const [mine, theirs] = [await linked(one.token), await linked(other.token)];
    const answers = [await prefer(one.token, theirs.id), await prefer(one.token, uuidv7())];
    expect(answers).toMatchObject(Array(2).fill({ status: 404, body: { code: 'bank_account.not_found' } }));
    expect([await listed(one.token), await listed(other.token)]).toMatchObject([
      [{ id: mine.id, default: true }],
      [{ id: theirs.id, default: true }],
    ]);
  });
});

describe('DELETE /v1/profile/bank-accounts/{id}', () => {
  test('204: the oldest one left is the default, and everybody is told', async () => {
    const { token, userId } = await givenAda(app);
    const [first, second, third] = [await linked(token), await linked(token), await linked(token)];
    expect((await unlink(token, first.id)).status).toBe(204);
    expect((await toldOf(app, userId)).slice(-3)).toEqual([
      'events bank_account.unlinked.v1',
      'audit bank_account.unlinked',
      'deliveries bank-account-unlinked',
    ]);
    expect(await listed(token)).toMatchObject([
      { id: second.id, default: true },
      { id: third.id, default: false },
    ]);
    await unlink(token, second.id);
    await unlink(token, third.id);
    expect(await listed(token)).toEqual([]);
    expect(
      await app.database.query('select 1 from profile.bank_account_digests where owner_id = $1', [first.id]),
    ).toEqual([]);
  });

  test('204: it may be linked again', async () => {
    const { token } = await givenAda(app);
    const body = account();
    const { id } = (await link(token, body)).body as Account;
    await unlink(token, id);
    expect((await link(token, body)).status).toBe(201);
  });

  test('SR-65: 404 for somebody else’s and for a missing one, which stay', async () => {
    const [one, other] = [await givenAda(app), await givenAda(app)];
    const { id } = await linked(other.token);
    const answers = [await unlink(one.token, id), await unlink(one.token, uuidv7())];
    expect(answers).toMatchObject(Array(2).fill({ status: 404, body: { code: 'bank_account.not_found' } }));
    expect(await listed(other.token)).toHaveLength(1);
  });
});

describe('SR-73: at the same time, twenty times', { timeout: 60_000 }, () => {
  test('several first accounts: one is the default', async () => {
    for (let round = 0; round < 20; round += 1) {
      const { token } = await givenAda(app);
      const outcomes = winners(await raceOf(4, () => link(token)));
      expect(outcomes.map(({ status }) => status)).toEqual([201, 201, 201, 201]);
      expect([await defaultsOf(token), (await listed(token)).length]).toEqual([1, 4]);
    }
  });

  test('the same account: it is linked once', async () => {
    for (let round = 0; round < 20; round += 1) {
      const { token, userId } = await givenAda(app);
      const body = account();
      const outcomes = winners(await raceOf(4, () => link(token, body)));
      expect(outcomes.map(({ status }) => status).sort()).toEqual([201, 409, 409, 409]);
      expect((await toldOf(app, userId)).filter((what) => /linked/.test(what))).toHaveLength(3);
    }
  });

  test('defaults are chosen and the default is unlinked: there is one', async () => {
    for (let round = 0; round < 20; round += 1) {
      const { token } = await givenAda(app);
      const [first, second, third] = [await linked(token), await linked(token), await linked(token)];
      const acts = [
        () => unlink(token, first.id),
        () => prefer(token, second.id),
        () => unlink(token, second.id),
        () => prefer(token, third.id),
      ];
      const outcomes = winners(await raceOf(4, async (index) => await acts[index]?.()));
      expect(outcomes.filter((one) => (one?.status ?? 500) >= 500)).toEqual([]);
      expect([await defaultsOf(token), (await listed(token)).length]).toEqual([1, 1]);
    }
  });
});

// Last, since it opens circuits.
describe('a provider that is away', () => {
  test.each([
    ['05', 'fails'],
    ['07', 'is slow'],
    ['08', 'answers what is no answer'],
    ['10', 'leads elsewhere (SR-75)'],
  ])('201: Paystack %s %s, and the second is asked', async (ending) => {
    const { token } = await givenAda(app);
    expect(await providerOf((await linked(token)).id)).toBe('paystack');
    const answer = await link(token, account(numberEnding(ending)));
    expect(answer.status).toBe(201);
    expect(await providerOf((answer.body as Account).id)).toBe('flutterwave');
  });

  test('201: the second knows some banks by other codes', async () => {
    const body = account(numberEnding('05'), { bankCode: '50211' });
    const answer = await link((await givenAda(app)).token, body);
    expect(answer).toMatchObject({ status: 201, body: { bankCode: '50211', bankName: 'Kuda Bank' } });
  });

  test('503: both, and says when to come again; nothing is linked or told', async () => {
    const { token, userId } = await givenAda(app);
    const before = await toldOf(app, userId);
    for (const ending of ['06', '09']) {
      const answer = await link(token, account(numberEnding(ending)));
      expect(answer).toMatchObject({ status: 503, body: { code: 'lookup.unavailable' } });
      expect(answer.headers.get('retry-after')).toBe('60');
    }
    expect([await listed(token), await toldOf(app, userId)]).toEqual([[], before]);
  });

  test('the only one that knows the bank: 503, and its circuit shows in the metrics once it is open', async () => {
    const { token } = await givenAda(app);
    for (let asked = 0; asked < 6; asked += 1) {
      const answer = await link(token, account(numberEnding('06'), { country: 'GH', bankCode: '040100' }));
      expect(answer.status).toBe(503);
    }
    const metrics = await (await app.service.fetch(new Request('http://app.test/metrics'))).text();
    expect(metrics).toMatch(/lookup_provider_breaker\{[^}]*provider="paystack"[^}]*\} 2/);
    expect(metrics).toMatch(/lookup_provider_seconds_count\{[^}]*outcome="away"[^}]*\} [1-9]/);
    expect(metrics).not.toMatch(/LOVELACE/i);
  });
});
