import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { assuranceOf } from './assurance.ts';

test.each([
  [['password'], 'aal1', ['pwd']],
  [['password', 'email'], 'aal1', ['pwd', 'otp']],
  [['password', 'totp'], 'aal2', ['pwd', 'otp', 'mfa']],
  [['password', 'sms'], 'aal2', ['pwd', 'sms', 'mfa']],
  [['password', 'recovery_code'], 'aal2', ['pwd', 'recovery', 'mfa']],
  [['password', 'email', 'totp'], 'aal2', ['pwd', 'otp', 'mfa']],
  [['password', 'unknown'], 'aal1', ['pwd', 'otp']],
  [['password', 'constructor'], 'aal1', ['pwd', 'otp']],
])('SR-29: %j is worth %s', (proved, acr, amr) => {
  expect(assuranceOf(proved)).toEqual({ acr, amr });
});

test.each(['totp', 'sms', 'email', 'recovery_code', 'unknown'])('%s by itself raises nothing', (method) => {
  expect(assuranceOf([method]).acr).toBe('aal1');
});

test('of all combinations, those with a password and a factor that raises are at aal2, and say so', () => {
  const names = ['password', 'totp', 'sms', 'email', 'recovery_code'];
  for (let set = 0; set < 2 ** names.length; set += 1) {
    const proved = names.filter((_, index) => (set >> index) % 2 === 1);
    const isRaised =
      proved.includes('password') && ['totp', 'sms', 'recovery_code'].some((name) => proved.includes(name));
    const { acr, amr } = assuranceOf(proved);
    expect([proved, acr, amr.includes('mfa')]).toEqual([proved, isRaised ? 'aal2' : 'aal1', isRaised]);
  }
});

const words: Readonly<Record<string, string>> = {
  'a code by email': 'email',
  'an authenticator app': 'totp',
  'a code by text message': 'sms',
  'a recovery code': 'recovery_code',
};

test('the page says the same', () => {
  const page = readFileSync(new URL('../../../../../docs/api/mfa.md', import.meta.url), 'utf8');
  const rows = [...page.matchAll(/^\| password(?: and ([a-z ]+))? \| `(aal\d)` \| `([a-z ]+)` \|$/gm)];
  expect(rows).toHaveLength(Object.keys(words).length + 1);
  for (const [, second, acr, amr = ''] of rows) {
    const proved = second === undefined ? ['password'] : ['password', words[second] ?? 'nothing'];
    expect(assuranceOf(proved)).toEqual({ acr, amr: amr.split(' ') });
  }
});
