import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { checkFileSizes } from '#checks/files/file-sizes.ts';
import { checkMachineText } from '#checks/files/machine-text.ts';
import { checkNames } from '#checks/files/names.ts';
import { inWorkspace } from '#test/small-workspace.ts';

const lines = (count: number): string => 'const a = 1;\n'.repeat(count);

describe('file sizes', () => {
  it('fails the 301st line of hand-written code and nothing else', async () => {
    const files = {
      'apps/auth/src/long.ts': lines(301),
      'apps/auth/src/full.ts': lines(300),
      'packages/proto/src/gen/long_pb.ts': lines(400),
      'packages/security/src/list.gen.ts': lines(400),
      'docs/long.md': lines(400),
    };
    const problems = await inWorkspace(files, checkFileSizes);
    expect(problems).toEqual([
      { file: 'apps/auth/src/long.ts', line: 301, message: '301 lines: over 300 a file is more than one thing' },
    ]);
  });

  it('ignores what git ignores', async () => {
    const problems = await inWorkspace({ '.gitignore': 'dist/\n', 'dist/long.js': lines(301) }, checkFileSizes);
    expect(problems).toEqual([]);
  });
});

describe('names', () => {
  it.each([
    'packages/domain/src/utils/email.ts',
    'packages/domain/src/email-helpers.ts',
    'packages/domain/src/common.ts',
    'packages/domain/src/misc.test.ts',
    'packages/domain/src/EmailAddress.ts',
    'packages/domain/src/email_address.ts',
  ])('refuses %s', async (file) => {
    expect(await inWorkspace({ [file]: '' }, checkNames)).toMatchObject([{ file }]);
  });

  it.each([
    'packages/domain/src/common-passwords.ts',
    'packages/domain/src/email.entity.ts',
    'apps/auth/migrations/Migration20260102_first.ts',
    '.dependency-cruiser.mjs',
    'README.md',
  ])('accepts %s', async (file) => {
    expect(await inWorkspace({ [file]: '' }, checkNames)).toEqual([]);
  });
});

describe('machine text', () => {
  const registry = ['registry', 'example', 'com'].join('.');
  const home = ['', 'home', 'ada', 'project'].join('/');

  it.each([
    ['the host of a registry', `resolution: {tarball: https://${registry}/a.tgz}`],
    ['a home folder', `see ${home}/notes`],
  ])('fails a line that names %s', async (_, text) => {
    const problems = await inWorkspace({ 'pnpm-lock.yaml': `lockfileVersion: '9.0'\n${text}\n` }, checkMachineText);
    expect(problems).toContainEqual(expect.objectContaining({ file: 'pnpm-lock.yaml', line: 2 }));
  });

  it('fails a file that names the folder it lies in', async () => {
    const problems = await inWorkspace({ 'a.md': 'a\n' }, async (root) => {
      await writeFile(join(root, 'a.md'), `cd ${root}\n`);
      return checkMachineText(root);
    });
    expect(problems).toMatchObject([{ file: 'a.md', line: 1, message: 'names the folder of this checkout' }]);
  });

  it('passes paths and addresses that are true on every machine', async () => {
    const text = 'http://localhost:8080 /etc/nginx ./src/main.ts /v1/users/home/list https://www.rfc-editor.org\n';
    expect(await inWorkspace({ 'README.md': text }, checkMachineText)).toEqual([]);
  });
});
