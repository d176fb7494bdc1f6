import { softwareAuthenticator } from '@bank/testing/webauthn';
import { describe, expect, it } from 'vitest';
import { isOfOwnAlgorithm, statementOf } from '#factor-types/webauthn/attestation.ts';

const asked = { challenge: 'AA', rp: { id: 'bank.test' }, user: { id: 'AA' } };

function attestationIn(format: string): string {
  const made = softwareAuthenticator({ attestation: 'self' }).create(asked, 'https://app.bank.test', { format });
  return made.response.attestationObject;
}

describe('statementOf', () => {
  it.each(['none', 'packed', 'tpm', 'apple'])('gives the statement of %s', (format) => {
    expect(statementOf(attestationIn(format))?.get('alg')).toBe(-7);
  });

  it.each(['android-key', 'android-safetynet', 'fido-u2f', 'compound', 'PACKED', 'packed ', 'constructor', ''])(
    'SR-75: takes no "%s", which the library may fetch something for',
    (format) => {
      expect(statementOf(attestationIn(format))).toBeUndefined();
    },
  );
});

describe('isOfOwnAlgorithm', () => {
  it.each([
    ['none', new Map(), true],
    ['of itself, by its own', new Map([['alg', -7]]), true],
    ['of itself, by another', new Map([['alg', -257]]), false],
    [
      'of a maker, by another',
      new Map<string, unknown>([
        ['alg', -257],
        ['x5c', []],
      ]),
      true,
    ],
    [
      'of certificates that are none',
      new Map<string, unknown>([
        ['alg', -257],
        ['x5c', 0],
      ]),
      false,
    ],
  ])('%s: %s', (_, statement, expected) => {
    expect(isOfOwnAlgorithm(statement, -7)).toBe(expected);
  });
});
