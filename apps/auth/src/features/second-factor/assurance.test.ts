import { readFileSync } from 'node:fs';
import { isPhishingResistant } from '@bank/domain';
import { expect, test } from 'vitest';
import { assuranceOf, assuranceOfStepUp } from './assurance.ts';

test.each([
  [['password'], 'aal1', ['pwd']],
  [['password', 'device'], 'aal1', ['pwd', 'device']],
  [['device', 'totp'], 'aal1', ['device', 'otp']],
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

const synced = { isUserVerified: true, isDeviceBound: false, isAttested: false };
const attested = { isUserVerified: true, isDeviceBound: true, isAttested: true };

test.each([
  [['webauthn'], synced, 'aal2', ['swk', 'user', 'mfa']],
  [['webauthn'], { ...synced, isDeviceBound: true }, 'aal2', ['swk', 'user', 'mfa']],
  [['webauthn'], { ...synced, isAttested: true }, 'aal2', ['swk', 'user', 'mfa']],
  [['webauthn'], attested, 'aal3', ['hwk', 'user', 'mfa']],
  [['webauthn'], { ...attested, isUserVerified: false }, 'aal1', ['hwk', 'user']],
  [['webauthn'], undefined, 'aal1', ['swk', 'user']],
  [['password', 'webauthn'], undefined, 'aal2', ['pwd', 'swk', 'user', 'mfa']],
  [['password', 'webauthn'], { ...attested, isUserVerified: false }, 'aal2', ['pwd', 'hwk', 'user', 'mfa']],
  [['password', 'webauthn'], attested, 'aal3', ['pwd', 'hwk', 'user', 'mfa']],
] as const)('a passkey: %j of %j is worth %s', (proved, passkey, acr, amr) => {
  expect(assuranceOf(proved, passkey)).toEqual({ acr, amr });
});

test('of all that enrolled factors and paths give, a passkey alone resists phishing', () => {
  const paths = [
    ...['totp', 'sms', 'email', 'recovery_code'].map((by) => ['password', by]),
    ['password'],
    ['webauthn'],
    ['password', 'webauthn'],
  ];
  for (const proved of paths) {
    expect([proved, isPhishingResistant(assuranceOf(proved, synced))]).toEqual([proved, proved.includes('webauthn')]);
  }
});

test.each([
  // methods of the session, what is proved now, level, methods afterwards
  [['pwd'], 'totp', undefined, 'aal2', ['pwd', 'otp', 'mfa']],
  [['pwd', 'otp', 'mfa'], 'sms', undefined, 'aal2', ['pwd', 'sms', 'mfa']],
  [['pwd', 'sms', 'mfa'], 'totp', undefined, 'aal2', ['pwd', 'otp', 'mfa']],
  [['pwd', 'device'], 'totp', undefined, 'aal2', ['pwd', 'device', 'otp', 'mfa']],
  [['pwd'], 'email', undefined, 'aal1', ['pwd', 'otp']],
  [['pwd'], 'webauthn', synced, 'aal2', ['pwd', 'swk', 'user', 'mfa']],
  [['pwd'], 'webauthn', attested, 'aal3', ['pwd', 'hwk', 'user', 'mfa']],
  [['swk', 'user', 'mfa'], 'totp', undefined, 'aal2', ['otp', 'mfa']],
  [['swk', 'user', 'mfa'], 'sms', undefined, 'aal2', ['sms', 'mfa']],
  [['hwk', 'user', 'mfa'], 'totp', undefined, 'aal2', ['otp', 'mfa']],
  [['pwd', 'hwk', 'user', 'mfa'], 'webauthn', synced, 'aal2', ['pwd', 'swk', 'user', 'mfa']],
  [['otp', 'mfa'], 'webauthn', attested, 'aal3', ['hwk', 'user', 'mfa']],
] as const)('SR-31, SR-62: a session of %j that is stepped up by %s', (amr, by, passkey, acr, methods) => {
  expect(assuranceOfStepUp({ amr }, by, passkey)).toEqual({ acr, amr: methods });
});

test('SR-31, SR-62: a passkey that a session began with is no fresh one after a step-up by anything else', () => {
  for (const by of ['totp', 'sms', 'email', 'recovery_code', 'unknown']) {
    for (const passkey of [synced, attested]) {
      const stepped = assuranceOfStepUp(assuranceOf(['password', 'webauthn'], passkey), by);
      expect([by, stepped.acr === 'aal3' || isPhishingResistant(stepped)]).toEqual([by, false]);
    }
  }
});

/** The rows of the page: how it says that a session was proved, and what that is. */
const rows: Readonly<Record<string, Parameters<typeof assuranceOf>>> = {
  'password on a device that was not known': [['password']],
  'password on a known device': [['password', 'device']],
  'password and a code by email': [['password', 'email']],
  'password and an authenticator app': [['password', 'totp']],
  'password and a code by text message': [['password', 'sms']],
  'password and a recovery code': [['password', 'recovery_code']],
  'password and a passkey': [['password', 'webauthn'], synced],
  'a passkey alone': [['webauthn'], synced],
  'password and an attested passkey of one device': [['password', 'webauthn'], attested],
  'an attested passkey of one device alone': [['webauthn'], attested],
};

test('the page says the same', () => {
  const page = readFileSync(new URL('../../../../../docs/api/mfa.md', import.meta.url), 'utf8');
  const told = [...page.matchAll(/^\| ([a-z ]+) \| `(aal\d)` \| `([a-z ]+)` \|$/gm)];
  expect(told.map(([, how = '']) => how)).toEqual(Object.keys(rows));
  for (const [, how = '', acr, amr = ''] of told) {
    expect([how, assuranceOf(...(rows[how] ?? [[]]))]).toEqual([how, { acr, amr: amr.split(' ') }]);
  }
});
