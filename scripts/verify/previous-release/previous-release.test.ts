import { readFileSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { releasesFolder } from '#contracts/releases.ts';
import { repositoryFolder } from '#stack/settings/repository.ts';
import { outcomeLines, outcomeOf } from '#verify/previous-release/outcome.ts';
import { patchedProduct } from '#verify/previous-release/unpacked-release.ts';

type File = Parameters<typeof outcomeOf>[0]['testResults'][number];

function file(tests: Readonly<Record<string, string>>, itself: Partial<File> = {}): File {
  const assertionResults = Object.entries(tests).map(([fullName, status]) => ({ fullName, status }));
  const status = assertionResults.some((test) => test.status === 'failed') ? 'failed' : 'passed';
  return { name: 'a.test.ts', status, message: '', assertionResults, ...itself };
}

const outcome = (files: File[], endedWell = false) => outcomeOf({ testResults: files }, endedWell);

describe('the outcome of a release on later tables', () => {
  it('is good when its tests pass', () => {
    expect(outcome([file({ a: 'passed' })], true)).toMatchObject({ ok: true, passed: 1 });
  });

  it.each([
    ['a test that fails', [file({ a: 'passed', b: 'failed' })], ['b']],
    [
      'a file that cannot be read',
      [file({ a: 'passed' }), file({}, { name: 'b.test.ts', status: 'failed' })],
      ['b.test.ts'],
    ],
    [
      'a hook that fails before the tests',
      [file({ a: 'passed' }), file({ b: 'skipped' }, { name: 'b.test.ts', status: 'failed' })],
      ['b.test.ts', 'b (did not run)'],
    ],
    [
      'a hook that fails after the tests',
      [file({ a: 'passed', 'the schema is what the entities say': 'failed' }, { message: 'still open' })],
      ['a.test.ts'],
    ],
    [
      'a test that is left out',
      [file({ a: 'passed', b: 'skipped', c: 'todo' })],
      ['b (did not run)', 'c (did not run)'],
    ],
    ['an error outside the tests', [file({ a: 'passed' })], ['the run, outside its tests']],
  ])('is bad with %s', (_what, files, failed) => {
    expect(outcome(files)).toMatchObject({ ok: false, failed });
  });

  it('is bad when nothing ran', () => {
    expect(outcome([file({})], true)).toMatchObject({ ok: false, passed: 0 });
  });

  it('does not count a comparison of the whole schema, and names it with the reason', () => {
    const judged = outcome([file({ a: 'passed', 'the schema is what the entities say': 'failed' })]);
    expect(judged).toMatchObject({ ok: true, failed: [] });
    expect(outcomeLines('auth', judged)).toEqual([
      'ok      auth: 1 passed, 0 failed, 1 not counted',
      expect.stringContaining('the schema is what the entities say: this release has columns'),
    ]);
  });
});

describe('the patch of a release', () => {
  it('may change its tests alone', () => {
    const patch = (file: string): string => `--- a/${file}\n+++ b/${file}\n@@ -1 +1 @@\n-a\n+b\n`;
    expect(patchedProduct(patch('packages/testing/src/index.ts'))).toEqual([]);
    expect(patchedProduct(patch('apps/auth/test/a.test.ts'))).toEqual([]);
    expect(patchedProduct(patch('apps/auth/src/service.ts'))).toEqual(['apps/auth/src/service.ts']);
    expect(patchedProduct(patch('packages/database/src/index.ts'))).toEqual(['packages/database/src/index.ts']);
  });

  it('does so', async () => {
    const folder = join(repositoryFolder, releasesFolder);
    for (const file of (await readdir(folder)).filter((each) => each.endsWith('.patch'))) {
      expect(patchedProduct(readFileSync(join(folder, file), 'utf8'))).toEqual([]);
    }
  });
});
