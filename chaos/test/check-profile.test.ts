import { describe, expect, test } from 'vitest';
import { checkHistory } from '#check/check-history.ts';
import type { History } from '#check/history.ts';
import type { FilesOfUsers, KycTables } from '#check/profile-tables.ts';
import { wholeHistory } from './whole-history.ts';

type KycBreach = (kyc: KycTables) => Partial<KycTables>;
type FilesBreach = (files: FilesOfUsers) => Partial<FilesOfUsers>;

function rulesBrokenBy(breach: (whole: History) => Partial<History>): string[] {
  const whole = wholeHistory();
  return [...new Set(checkHistory({ ...whole, ...breach(whole) }).map(({ rule }) => rule))];
}

const ofKyc = (breach: KycBreach) => rulesBrokenBy(({ kyc }) => ({ kyc: { ...kyc, ...breach(kyc) } }));
const ofFiles = (breach: FilesBreach) => rulesBrokenBy(({ files }) => ({ files: { ...files, ...breach(files) } }));
const each = <T>(items: readonly T[], change: Partial<T>) => items.map((item) => ({ ...item, ...change }));

describe('nothing acknowledged is lost', () => {
  const rule = 'nothing acknowledged is lost';
  test.each<[string, KycBreach]>([
    ['a document', () => ({ documents: [] })],
    [
      'the picture of a document',
      ({ documents }) => ({ documents: each(documents, { state: 'begun', fileId: null }) }),
    ],
    ['a case that was handed in', () => ({ submissions: [] })],
    ['an attempt', ({ submissions }) => ({ submissions: each(submissions, { attempt: 2 }) })],
  ])('%s', (_case, breach) => {
    expect(ofKyc(breach)).toContain(rule);
  });

  test('a picture, of which an older one is there', () => {
    const olderAlone: FilesBreach = ({ rows }) => ({
      rows: rows.flatMap((row) => (row.storedKey === 'file-2' ? [] : { ...row, status: 'stored' })),
    });
    expect(ofFiles(olderAlone)).toContain(rule);
  });
});

describe('a case is handed over once', () => {
  test.each<[string, KycBreach]>([
    [
      'under two keys',
      ({ verifications }) => ({
        verifications: [...verifications, ...each(verifications, { verificationId: 'v2', submissionId: 's2' })],
      }),
    ],
    [
      'under a key that has no row',
      ({ verifications }) => ({ verifications: each(verifications, { submissionId: 'x' }) }),
    ],
    ['as another attempt', ({ verifications }) => ({ verifications: each(verifications, { attempt: 2 }) })],
    ['noted as another', ({ submissions }) => ({ submissions: each(submissions, { verificationId: 'v2' }) })],
  ])('not %s', (_case, breach) => {
    expect(ofKyc(breach)).toContain('a case is handed over once');
  });

  test('a provider that has forgotten everything is no fault', () => {
    expect(ofKyc(() => ({ verifications: [] }))).toEqual([]);
  });

  test.each(['pending', 'taken'])('one that is still %s is not decided', (state) => {
    expect(ofKyc(({ submissions }) => ({ submissions: each(submissions, { state }) }))).toContain(
      'every case that was handed in is decided',
    );
  });
});

describe('results', () => {
  test('of an attempt are applied once', () => {
    const again = rulesBrokenBy(({ outbox }) => ({
      outbox: [...outbox, ...outbox.filter(({ id }) => id === 'a8').map((row) => ({ ...row, id: 'a9' }))],
    }));
    expect(again).toContain('nothing is applied twice');
  });

  test.each<[string, (whole: History) => Partial<History>]>([
    ['an attempt that ended untold', ({ outbox }) => ({ outbox: outbox.filter(({ id }) => id !== 'a8') })],
    [
      'a result of nowhere',
      ({ outbox }) => ({ outbox: outbox.map((row) => (row.id === 'a8' ? { ...row, attempt: 7 } : row)) }),
    ],
    [
      'a case that the ledger knows otherwise',
      ({ outbox }) => ({ outbox: outbox.map((row) => (row.id === 'a8' ? { ...row, status: 'rejected' } : row)) }),
    ],
    ['a case that was told otherwise', ({ outbox }) => ({ outbox: outbox.filter(({ id }) => id !== 'e10') })],
    ['an attempt that nobody was told of', ({ outbox }) => ({ outbox: outbox.filter(({ id }) => id !== 'e7') })],
    ['a move without its number', ({ kyc }) => ({ kyc: { ...kyc, standings: each(kyc.standings, { version: 5 }) } })],
    ['an attempt that nobody hands over', ({ kyc }) => ({ kyc: { ...kyc, submissions: [] } })],
  ])('no half transaction: %s', (_case, breach) => {
    expect(rulesBrokenBy(breach)).toContain('no half transaction');
  });
});

describe('tier and lock agree with the cases', () => {
  const rule = 'tier and lock agree with the cases';
  test.each<[string, KycBreach]>([
    ['a tier that nobody approved', ({ standings }) => ({ standings: each(standings, { tier: 2 }) })],
    ['an approval without its tier', ({ standings }) => ({ standings: each(standings, { tier: 0, caseId: null }) })],
    ['a tier that rests on no case', ({ standings }) => ({ standings: each(standings, { caseId: 'x' }) })],
    ['a tier by a case that was rejected', ({ cases }) => ({ cases: each(cases, { status: 'rejected' }) })],
  ])('not %s', (_case, breach) => {
    expect(ofKyc(breach)).toContain(rule);
  });

  test('not an approval that leaves open who the user is, nor a lock without a case', () => {
    const unlocked = rulesBrokenBy(({ profiles }) => ({ profiles: each(profiles, { isLocked: false }) }));
    const locked = ofKyc(({ cases, standings }) => ({
      cases: each(cases, { status: 'rejected' }),
      standings: each(standings, { tier: 0, caseId: null }),
    }));
    expect([unlocked.includes(rule), locked.includes(rule)]).toEqual([true, true]);
  });
});

describe('files', () => {
  const paired = 'no object without its row, no row without its object';
  test.each<[string, string, FilesBreach]>([
    [paired, 'an object without a row', ({ objects }) => ({ objects: [...objects, 'file-4'] })],
    [paired, 'an upload without a row', ({ objects }) => ({ objects: [...objects, 'upload-4'] })],
    [paired, 'a file without its object', ({ objects }) => ({ objects: objects.filter((name) => name !== 'file-2') })],
    [
      paired,
      'a document without its file',
      ({ rows }) => ({ rows: rows.filter(({ purpose }) => purpose === 'avatar') }),
    ],
    [paired, "a document with somebody else's", ({ rows }) => ({ rows: each(rows, { userId: 'x' }) })],
    [
      'nothing is applied twice',
      'two pictures of one person',
      ({ rows }) => ({ rows: each(rows, { status: 'stored' }) }),
    ],
    ['what is abandoned goes', 'a file that is due', ({ rows }) => ({ rows: each(rows, { isDue: true }) })],
    ['what is abandoned goes', 'a file half written', ({ objects }) => ({ objects: [...objects, 'begun'] })],
  ])('%s: not %s', (rule, _case, breach) => {
    expect(ofFiles(breach)).toContain(rule);
  });
});
