import * as v from 'valibot';
import { expect, test } from 'vitest';
import { lookupEnv, lookupProblems } from './lookup-config.ts';

const Env = v.object(lookupEnv);
const problems = (values: Record<string, string>) => lookupProblems(v.parse(Env, values));
const both = { PAYSTACK_SECRET_KEY: 'sk_live_1', FLUTTERWAVE_SECRET_KEY: 'FLWSECK-1' };

test.each([
  [{}, []],
  [{ BANK_ACCOUNT_PROVIDERS: 'paystack,flutterwave', BILL_PROVIDERS: 'flutterwave', ...both }, []],
  [{ BANK_ACCOUNT_PROVIDERS: 'paystack' }, [['PAYSTACK_SECRET_KEY', 'is needed by paystack']]],
  [
    { BANK_ACCOUNT_PROVIDERS: 'flutterwave', BILL_PROVIDERS: 'flutterwave' },
    [['FLUTTERWAVE_SECRET_KEY', 'is needed by flutterwave']],
  ],
])('of %j is said %j', (values, expected) => {
  expect(problems(values)).toEqual(expected);
});

test.each(['pigeon', 'paystack,paystack'])('BANK_ACCOUNT_PROVIDERS=%s is refused', (value) => {
  expect(v.safeParse(Env, { BANK_ACCOUNT_PROVIDERS: value }).success).toBe(false);
});
