import type { DomainError } from '@bank/domain';
import { expect, test } from 'vitest';
import { consentPurposeNames } from '#consent-purposes.ts';
import { decideConsent, standingOf, textVersionsOf } from './policies.ts';

const versions = textVersionsOf({ TERMS_VERSION: '2026-03', CONSENT_VERSIONS: new Map([['analytics', '2026-02']]) });
const given = { decision: 'given', textVersion: '2026-02' } as const;
const older = { decision: 'given', textVersion: '2026-01' } as const;
const withdrawn = { decision: 'withdrawn', textVersion: '2026-02' } as const;
const give = { purpose: 'analytics', version: '2026-02', decision: 'given' } as const;
const withdraw = { ...give, decision: 'withdrawn' } as const;

test('texts have the version that is configured, or the first', () => {
  expect(versions).toMatchObject({ terms: '2026-03', analytics: '2026-02', privacy: '2026-01' });
});

test.each([
  ['a first consent', give, undefined, true],
  ['the same again', give, given, false],
  ['one to a newer text', give, older, true],
  ['one that was withdrawn', give, withdrawn, true],
  ['a withdrawal', withdraw, given, true],
  ['a withdrawal of what was said to an older text', withdraw, older, true],
  ['a withdrawal of a text that nobody knows', { ...withdraw, version: 'x' }, given, true],
  ['a second withdrawal', withdraw, withdrawn, false],
])('%s', (_what, said, latest, isNew) => {
  expect(decideConsent(said, latest, versions)).toBe(isNew);
});

test.each<[string, Parameters<typeof decideConsent>[0], typeof given | undefined, DomainError['code']]>([
  ['an older text', { ...give, version: '2026-01' }, undefined, 'consent.version.outdated'],
  ['what was never given', withdraw, undefined, 'consent.not_given'],
  ['what the account rests on', { ...withdraw, purpose: 'terms' }, given, 'consent.not_withdrawable'],
])('refuses %s', (_what, said, latest, code) => {
  expect(() => decideConsent(said, latest, versions)).toThrow(expect.objectContaining({ code }));
});

test('every purpose stands somewhere, decided on or not', () => {
  const recordedAt = new Date('2026-11-26T12:00:00Z');
  const ids = { id: 'i', userId: 'u' as never, sequence: 1, deviceId: null, sessionId: null, recordedAt };
  const standing = standingOf([{ ...ids, ...older, purpose: 'analytics' }], versions);
  expect(standing.map(({ purpose }) => purpose)).toEqual(consentPurposeNames);
  expect(standing.find(({ purpose }) => purpose === 'analytics')).toEqual({
    ...{ purpose: 'analytics', version: '2026-02', withdrawable: true, given: true, outdated: true },
    decision: { decision: 'given', version: '2026-01', at: recordedAt.toISOString() },
  });
  expect(standing[0]).toMatchObject({ purpose: 'terms', withdrawable: false, given: false, decision: null });
});
