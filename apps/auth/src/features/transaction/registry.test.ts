import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readTransaction } from '#features/transaction/registry.ts';

const payee = { name: 'Ada Obi', account: 'GB29NWBK60161331926819' };
const payment = (changes: object = {}) => ({
  type: 'payment',
  payload: { amount: '1500.00', currency: 'EUR', payee, ...changes },
});
const errorsOf = (input: unknown) => {
  try {
    readTransaction(input);
    return [];
  } catch (error) {
    return (error as { details: { errors: { path: string; rule: string }[] } }).details.errors;
  }
};

describe('SR-63 what is approved', () => {
  test('is the SHA-256 of the canonical form of kind and payload (RFC 8785)', () => {
    const text =
      '{"payload":{"amount":"1500.00","currency":"EUR","payee":{"account":"GB29NWBK60161331926819","name":"Ada Obi"}},' +
      '"type":"payment"}';
    expect(readTransaction(payment()).digest).toEqual(createHash('sha256').update(text).digest());
  });

  test('is the same in any order, and another for any other value', () => {
    const reordered = {
      payload: { payee: { account: payee.account, name: payee.name }, currency: 'EUR', amount: '1500.00' },
    };
    expect(readTransaction({ ...reordered, type: 'payment' }).digest).toEqual(readTransaction(payment()).digest);
    const anyPayment = fc.record({
      amount: fc.integer({ min: 1, max: 99 }).map((cents) => `0.${String(cents).padStart(2, '0')}`),
      currency: fc.constantFrom('EUR', 'USD', 'NGN'),
      payee: fc.record({
        name: fc.constantFrom('Ada', 'Àda', 'ADA'),
        account: fc.constantFrom('0123456789', '0123456780'),
      }),
    });
    const digestOf = (payload: object) =>
      Buffer.from(readTransaction({ type: 'payment', payload }).digest).toString('hex');
    fc.assert(
      fc.property(anyPayment, anyPayment, (one, other) => {
        const isSame =
          one.amount === other.amount &&
          one.currency === other.currency &&
          one.payee.name === other.payee.name &&
          one.payee.account === other.payee.account;
        expect(digestOf(one) === digestOf(other)).toBe(isSame);
      }),
    );
  });

  test('whatever is sent is read or refused by its form', () => {
    const anything = fc.oneof(
      fc.anything(),
      fc.record({
        type: fc.constantFrom('payment', 'payee_added', 'limit_change', 'profile_change'),
        payload: fc.object(),
      }),
      fc.record({ amount: fc.string(), currency: fc.string() }).map((changes) => payment(changes)),
      fc.string({ unit: 'grapheme' }).map((name) => payment({ payee: { ...payee, name } })),
    );
    fc.assert(
      fc.property(anything, (input) => {
        for (const { rule } of errorsOf(input)) expect(rule).toMatch(/^[a-z_]+$/);
      }),
      { numRuns: 2000 },
    );
  });
});

describe('a form', () => {
  test.each([
    ['zero', { amount: '0.00' }, 'amount', 'above_zero'],
    ['too few digits', { amount: '1500' }, 'amount', 'amount_of_currency'],
    ['too many digits', { amount: '1500.000' }, 'amount', 'amount_of_currency'],
    ['digits that the currency has not', { amount: '1500.00', currency: 'JPY' }, 'amount', 'amount_of_currency'],
    ['a number', { amount: 1500 }, 'amount', 'string'],
    ['a second spelling', { amount: '01500.00' }, 'amount', 'amount'],
    ['a negative one', { amount: '-1.00' }, 'amount', 'amount'],
    ['an exponent', { amount: '1e3' }, 'amount', 'amount'],
    ['a currency that is withdrawn', { currency: 'DEM' }, 'currency', 'currency'],
    ['no currency there is', { currency: 'EUX' }, 'currency', 'currency'],
    ['a turn of direction', { payee: { ...payee, name: 'Ada\u202E ibO' } }, 'payee.name', 'plain_text'],
    ['nothing to see', { payee: { ...payee, name: 'Ada\u200B' } }, 'payee.name', 'plain_text'],
    ['a line break', { reference: 'a\nb' }, 'reference', 'plain_text'],
    ['parts that are not composed', { payee: { ...payee, name: 'A\u0300da' } }, 'payee.name', 'tidy_text'],
    ['space around', { payee: { ...payee, name: ' Ada' } }, 'payee.name', 'tidy_text'],
    ['an account with spaces', { payee: { ...payee, account: 'GB29 NWBK' } }, 'payee.account', 'account'],
  ])('refuses %s', (_what, changes, path, rule) => {
    expect(errorsOf(payment(changes))).toEqual([{ path: `payload.${path}`, rule }]);
  });

  test.each(['\u3164', '\u115F', 'Ada\u034F', 'Ada\uFE0F', '\u2800', '***'])(
    'SR-63 refuses a name that nobody reads: %j',
    (name) => {
      expect(errorsOf(payment({ payee: { ...payee, name } }))).toEqual([
        { path: 'payload.payee.name', rule: 'plain_text' },
      ]);
    },
  );

  test('SR-63 takes a limit of nothing, so that what protects can be approved', () => {
    const change = (amount: string) => ({
      type: 'limit_change',
      payload: { limit: 'daily_cash', amount, currency: 'EUR' },
    });
    expect(errorsOf(change('0.00'))).toEqual([]);
    expect(errorsOf(change('0'))).toEqual([{ path: 'payload.amount', rule: 'amount_of_currency' }]);
  });

  test('takes amounts as their currencies are', () => {
    for (const [amount, currency] of [
      ['1500', 'JPY'],
      ['0.01', 'EUR'],
      ['1.500', 'KWD'],
      ['999999999999999.99', 'NGN'],
      ['150.00', 'RSD'],
      ['150.00', 'ALL'],
      ['150.00', 'LBP'],
      ['1.0000', 'CLF'],
    ]) {
      expect(errorsOf(payment({ amount, currency }))).toEqual([]);
    }
  });
});

describe('how it is shown', () => {
  test.each([
    [payment(), 'Payment', 'EUR 1500.00 to GB29..6819, Ada Obi'],
    [{ type: 'payee_added', payload: { payee } }, 'New payee', 'new payee GB29..6819, Ada Obi'],
    [
      { type: 'limit_change', payload: { limit: 'daily_transfer', amount: '5000.00', currency: 'EUR' } },
      'Change of a limit',
      'limit of transfers a day to EUR 5000.00',
    ],
    [
      { type: 'profile_change', payload: { field: 'home_address', value: 'Königstr. 1, Zürich' } },
      'Change of your details',
      'home address to Konigstr 1, Zurich',
    ],
    [payment({ payee: { ...payee, bank: 'NWBKGB2L' } }), 'Payment', 'EUR 1500.00 to GB29..6819 at NWBKGB2L, Ada Obi'],
    [
      payment({ payee: { name: 'Иван Петров', account: '40817810', bank: '044525225' } }),
      'Payment',
      'EUR 1500.00 to 40817810 at 044525225',
    ],
    [payment({ payee: { ...payee, name: '陈小明' } }), 'Payment', `EUR 1500.00 to ${payee.account}`],
    [
      { type: 'payee_added', payload: { payee: { ...payee, name: 'محمد' } } },
      'New payee',
      `new payee ${payee.account}`,
    ],
    [
      payment({ payee: { ...payee, name: 'Ada Obi, DE89 3000' } }),
      'Payment',
      'EUR 1500.00 to GB29..6819, Ada Obi, DE89 3000',
    ],
    [
      payment({ amount: '999999999999999.99', payee: { name: '陈', account: 'M'.repeat(34), bank: 'BA' } }),
      'Payment',
      undefined,
    ],
    [
      { type: 'profile_change', payload: { field: 'legal_name', value: '陈小明' } },
      'Change of your details',
      undefined,
    ],
  ])('%j', (transaction, title, text) => {
    expect(readTransaction(transaction).shown).toMatchObject({ title, text });
  });

  test.each(['Straße 1, Łódź', 'Karl-Liebknecht-Strasse 112, Hinterhaus, 10115 Berlin'])(
    'SR-63 no text states a part of a detail: %j',
    (value) => {
      const { shown } = readTransaction({ type: 'profile_change', payload: { field: 'home_address', value } });
      expect(shown.text).toBeUndefined();
    },
  );

  test('every value of a payment stands in it', () => {
    const { lines } = readTransaction(payment({ reference: 'Invoice 7', payee: { ...payee, bank: 'NWBKGB2L' } })).shown;
    expect(lines.map(({ label, value }) => `${label}: ${value}`)).toEqual([
      'Amount: EUR 1,500.00',
      'Payee: Ada Obi',
      'Account: GB29 NWBK 6016 1331 9268 19',
      'Bank: NWBKGB2L',
      'Reference: Invoice 7',
    ]);
  });

  test('in a text message it has 60 characters of the GSM 7-bit alphabet at most, amount and account whole or marked', () => {
    const name = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 30 });
    const amount = fc.bigInt({ min: 1n, max: 999_999_999_999_999n }).map((whole) => `${whole}.00`);
    fc.assert(
      fc.property(name, amount, (given, sum) => {
        const transaction = payment({ amount: sum, payee: { ...payee, name: given } });
        if (errorsOf(transaction).length > 0) return;
        const { text } = readTransaction(transaction).shown;
        expect(text).toMatch(/^[A-Za-z0-9 .,'()+?-]{1,60}$/);
        expect(text).toMatch(new RegExp(`^EUR ${sum} to (?:GB29\\.\\.6819, .*[A-Za-z0-9].*|GB29NWBK60161331926819)$`));
      }),
    );
  });
});
