import { readFileSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { releasesFolder } from '#contracts/releases.ts';
import { repositoryFolder } from '#stack/settings/repository.ts';
import { outcomeLines, outcomeOf } from '#verify/previous-release/outcome.ts';
import { patchedProduct } from '#verify/previous-release/unpacked-release.ts';

function report(tests: Readonly<Record<string, string>>, brokenFiles: readonly string[] = []) {
  return {
    testResults: [
      {
        name: 'a.test.ts',
        status: 'x',
        message: '',
        assertionResults: Object.entries(tests).map(([fullName, status]) => ({ fullName, status })),
      },
      ...brokenFiles.map((name) => ({ name, status: 'failed', message: '', assertionResults: [] })),
    ],
  };
}

describe('the outcome of a release on later tables', () => {
  it('is good when its tests pass', () => {
    expect(outcomeOf(report({ a: 'passed' }))).toMatchObject({ ok: true, passed: 1 });
  });

  it('is bad with one test or file that fails, and when nothing ran', () => {
    expect(outcomeOf(report({ a: 'passed', b: 'failed' }))).toMatchObject({ ok: false, failed: ['b'] });
    expect(outcomeOf(report({ a: 'passed' }, ['b.test.ts']))).toMatchObject({ ok: false, failed: ['b.test.ts'] });
    expect(outcomeOf(report({}))).toMatchObject({ ok: false, passed: 0 });
  });

  it('does not count a comparison of the whole schema, and names it with the reason', () => {
    const outcome = outcomeOf(report({ a: 'passed', 'the schema is what the entities say': 'failed' }));
    expect(outcome).toMatchObject({ ok: true, failed: [] });
    expect(outcomeLines('auth', outcome)).toEqual([
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
