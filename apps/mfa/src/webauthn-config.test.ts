import { describe, expect, test } from 'vitest';
import { relyingPartyOf, webauthnProblems } from './webauthn-config.ts';

const app = `android:apk-key-hash:${'A'.repeat(43)}`;
const variables = {
  TOKEN_ISSUER: 'https://id.bank.example',
  WEB_ORIGINS: ['https://app.bank.example', 'https://partner.example'],
  STAFF_ORIGINS: ['https://staff.bank.example'],
  BRAND: 'Bank',
  WEBAUTHN_RP_ID: 'bank.example',
  WEBAUTHN_APP_ORIGINS: [app],
  WEBAUTHN_ATTESTATION: 'none',
} as const;

describe('relyingPartyOf', () => {
  test('SR-72: pages and apps of customers, and pages of staff, each for their own; none of another domain', () => {
    const { originsOf } = relyingPartyOf(variables);
    expect(originsOf('user-service')).toEqual(['https://app.bank.example', app]);
    expect(originsOf('user-service-staff')).toEqual(['https://staff.bank.example']);
    expect(originsOf('enrolment')).toEqual(['https://staff.bank.example']);
    expect([originsOf(''), originsOf('constructor')]).toEqual([[], []]);
  });

  test('the domain of the issuer, unless said', () => {
    const { WEBAUTHN_RP_ID: _, ...others } = variables;
    expect(relyingPartyOf({ ...others, WEB_ORIGINS: ['https://id.bank.example:8443'] })).toMatchObject({
      id: 'id.bank.example',
      trustedRoots: [],
    });
  });
});

describe('webauthnProblems', () => {
  test.each([
    ['bank.example', []],
    ['app.bank.example', []],
    ['ank.example', ['WEBAUTHN_RP_ID']],
    ['login.bank.example', ['WEBAUTHN_RP_ID']],
  ])('%s: %j', (WEBAUTHN_RP_ID, names) => {
    expect(webauthnProblems({ ...variables, WEBAUTHN_RP_ID }).map(([name]) => name)).toEqual(names);
  });

  test('none where there are no pages', () => {
    expect(webauthnProblems({ ...variables, WEB_ORIGINS: [], STAFF_ORIGINS: [] })).toEqual([]);
  });
});
