import { readFileSync } from 'node:fs';
import { FactorKindSchema, isPhishingResistant } from '@bank/domain';
import * as v from 'valibot';
import { expect, test } from 'vitest';
import { unknownKind } from '#adapters/factors/factor-kind.ts';
import { kinds, paperCode } from '../../../test/support/factor-kinds.ts';
import { assuranceOf, assuranceOfStepUp, type Way } from './assurance.ts';

const { totp, sms, email, webauthn } = kinds;
const synced = { isUserVerified: true, isDeviceBound: false, isAttested: false };
const attested = { isUserVerified: true, isDeviceBound: true, isAttested: true };

test.each([
  [['password'], 'aal1', ['pwd']],
  [['password', 'device'], 'aal1', ['pwd', 'device']],
  [['password', 'emailed_code'], 'aal1', ['pwd', 'otp']],
  [['device', totp], 'aal1', ['device', 'otp']],
  [['password', email], 'aal1', ['pwd', 'otp']],
  [['password', totp], 'aal2', ['pwd', 'otp', 'mfa']],
  [['password', sms], 'aal2', ['pwd', 'sms', 'mfa']],
  [['password', 'recovery_code'], 'aal2', ['pwd', 'recovery', 'mfa']],
  [['password', email, totp], 'aal2', ['pwd', 'otp', 'mfa']],
  [['password', unknownKind], 'aal1', ['pwd', 'otp']],
] as const)('SR-29: %j is worth %s', (proved, acr, amr) => {
  expect(assuranceOf(proved)).toEqual({ acr, amr });
});

test.each([
  [paperCode, 'aal2', ['pwd', 'otp', 'mfa']],
  [{ ...paperCode, methods: ['face', 'otp'] }, 'aal2', ['pwd', 'face', 'otp', 'mfa']],
  [{ ...paperCode, raises: false }, 'aal1', ['pwd', 'otp']],
  [{ ...paperCode, name: 'constructor', raises: false }, 'aal1', ['pwd', 'otp']],
] as const)('SR-29: a kind that was never seen before is worth what mfa says: %j', (kind, acr, amr) => {
  expect(assuranceOf(['password', kind])).toEqual({ acr, amr });
  expect(assuranceOf([kind]).acr).toBe('aal1');
  // The facts are those of passkeys alone.
  expect(assuranceOf(['password', kind], attested)).toEqual({ acr, amr });
});

const second = [totp, sms, email, 'recovery_code', unknownKind, paperCode] as const;

test.each(second)('%j by itself raises nothing', (way) => {
  expect(assuranceOf([way]).acr).toBe('aal1');
});

test('of all combinations, those with a password and a factor that raises are at aal2, and say so', () => {
  const ways: readonly Way[] = ['password', totp, sms, email, 'recovery_code', paperCode];
  const raising: readonly Way[] = [totp, sms, 'recovery_code', paperCode];
  for (let set = 0; set < 2 ** ways.length; set += 1) {
    const proved = ways.filter((_, index) => (set >> index) % 2 === 1);
    const isRaised = proved.includes('password') && raising.some((way) => proved.includes(way));
    const { acr, amr } = assuranceOf(proved);
    expect([proved, acr, amr.includes('mfa')]).toEqual([proved, isRaised ? 'aal2' : 'aal1', isRaised]);
  }
});

test.each([
  [['passkey'], synced, 'aal2', ['swk', 'user', 'mfa']],
  [['passkey'], { ...synced, isDeviceBound: true }, 'aal2', ['swk', 'user', 'mfa']],
  [['passkey'], { ...synced, isAttested: true }, 'aal2', ['swk', 'user', 'mfa']],
  [['passkey'], attested, 'aal3', ['hwk', 'user', 'mfa']],
  [['passkey'], { ...attested, isUserVerified: false }, 'aal1', ['hwk', 'user']],
  [['passkey'], undefined, 'aal1', ['swk', 'user']],
  [['password', webauthn], undefined, 'aal2', ['pwd', 'swk', 'user', 'mfa']],
  [['password', webauthn], { ...attested, isUserVerified: false }, 'aal2', ['pwd', 'hwk', 'user', 'mfa']],
  [[webauthn], attested, 'aal3', ['hwk', 'user', 'mfa']],
  [['password', webauthn], attested, 'aal3', ['pwd', 'hwk', 'user', 'mfa']],
] as const)('a passkey: %j of %j is worth %s', (proved, passkey, acr, amr) => {
  expect(assuranceOf(proved, passkey)).toEqual({ acr, amr });
});

test('of all that enrolled factors and paths give, a passkey alone resists phishing', () => {
  const others = [...second.map((by) => ['password', by] as const), ['password'] as const];
  for (const proved of others) {
    expect([proved, isPhishingResistant(assuranceOf(proved, synced))]).toEqual([proved, false]);
  }
  for (const proved of [['passkey'], ['password', webauthn]] as const) {
    expect([proved, isPhishingResistant(assuranceOf(proved, synced))]).toEqual([proved, true]);
  }
});

test.each([
  // methods of the session, what is proved now, level, methods afterwards
  [['pwd'], totp, undefined, 'aal2', ['pwd', 'otp', 'mfa']],
  [['pwd', 'otp', 'mfa'], sms, undefined, 'aal2', ['pwd', 'sms', 'mfa']],
  [['pwd', 'sms', 'mfa'], totp, undefined, 'aal2', ['pwd', 'otp', 'mfa']],
  [['pwd', 'device'], totp, undefined, 'aal2', ['pwd', 'device', 'otp', 'mfa']],
  [['pwd', 'otp', 'mfa'], { ...paperCode, methods: ['card'] }, undefined, 'aal2', ['pwd', 'card', 'mfa']],
  [['pwd'], email, undefined, 'aal1', ['pwd', 'otp']],
  [['pwd'], webauthn, synced, 'aal2', ['pwd', 'swk', 'user', 'mfa']],
  [['pwd'], webauthn, attested, 'aal3', ['pwd', 'hwk', 'user', 'mfa']],
  [['swk', 'user', 'mfa'], totp, undefined, 'aal2', ['otp', 'mfa']],
  [['swk', 'user', 'mfa'], sms, undefined, 'aal2', ['sms', 'mfa']],
  [['hwk', 'user', 'mfa'], totp, undefined, 'aal2', ['otp', 'mfa']],
  [['pwd', 'hwk', 'user', 'mfa'], webauthn, synced, 'aal2', ['pwd', 'swk', 'user', 'mfa']],
  [['otp', 'mfa'], webauthn, attested, 'aal3', ['hwk', 'user', 'mfa']],
] as const)('SR-31, SR-62: a session of %j that is stepped up by %j', (amr, by, passkey, acr, methods) => {
  expect(assuranceOfStepUp({ amr }, by, passkey)).toEqual({ acr, amr: methods });
});

test('SR-31, SR-62: a passkey that a session began with is no fresh one after a step-up by anything else', () => {
  for (const by of second) {
    for (const passkey of [synced, attested]) {
      const stepped = assuranceOfStepUp(assuranceOf(['password', webauthn], passkey), by);
      expect([by, stepped.acr === 'aal3' || isPhishingResistant(stepped)]).toEqual([by, false]);
    }
  }
});

/** How the page says that a session was proved, by what there is now, and what that is. */
const proofs: Readonly<Record<string, Parameters<typeof assuranceOf>>> = {
  'password on a device that was not known': [['password']],
  'password on a known device': [['password', 'device']],
  'password and a code by email': [['password', 'emailed_code']],
  'password and an authenticator app': [['password', totp]],
  'password and a code by text message': [['password', sms]],
  'password and a recovery code': [['password', 'recovery_code']],
  'password and a passkey': [['password', webauthn], synced],
  'a passkey alone': [['passkey'], synced],
  'password and an attested passkey of one device': [['password', webauthn], attested],
  'an attested passkey of one device alone': [['passkey'], attested],
};

const page = readFileSync(new URL('../../../../../docs/api/mfa.md', import.meta.url), 'utf8');
const [, table = ''] = /^\| how the session was proved \|.*\n\|[-|]+\n((?:\|.*\n)+)/m.exec(page) ?? [];
const rows = table.trimEnd().split('\n');
const told = Object.entries(proofs).map(([how, proof]) => rowOf(how, proof));

function rowOf(how: string, proof: Parameters<typeof assuranceOf>): string {
  const { acr, amr } = assuranceOf(...proof);
  return `| ${how} | \`${acr}\` | \`${amr.join(' ')}\` |`;
}

/** The row of a password and a kind that auth has no name for, of the methods and the level that a row says. */
function ofAnotherKind(row: string): string {
  const [, name = '', acr, amr = ''] = /^\| password and ([a-z ]+) \| `(aal\d)` \| `([a-z ]+)` \|$/.exec(row) ?? [];
  const methods = amr.split(' ').filter((method) => method !== 'pwd' && method !== 'mfa');
  const kind = { ...paperCode, methods, raises: acr === 'aal2' };
  return v.is(FactorKindSchema, kind) ? rowOf(`password and ${name}`, [['password', kind]]) : 'no kind';
}

test.each(told)('the page says the same: %s', (row) => {
  expect(rows).toContain(row);
});

test('what else the page says of sessions is what a password and another kind come to, once for each', () => {
  const others = rows.filter((row) => !told.includes(row));
  expect(others.map(ofAnotherKind)).toEqual(others);
  expect(new Set(rows.map((row) => row.split(' | ')[0])).size).toBe(rows.length);
});

test.each([
  ['| password and a printed code | `aal2` | `pwd otp mfa` |', true],
  ['| password and a card | `aal1` | `pwd card` |', true],
  ['| password and a card | `aal3` | `pwd card mfa` |', false],
  ['| password and a card | `aal2` | `pwd card` |', false],
  ['| password and a card | `aal2` | `pwd hwk mfa` |', false],
  ['| a card alone | `aal2` | `card mfa` |', false],
])('a row for another kind is taken as it is told: %s', (row, isTaken) => {
  expect(ofAnotherKind(row) === row).toBe(isTaken);
});
