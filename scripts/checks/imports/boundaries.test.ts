import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { checkBoundaries } from '#checks/imports/boundaries.ts';
import { copyWorkspace, type WorkspaceCopy } from '#test/workspace-copy.ts';

describe('package boundaries', () => {
  let copy: WorkspaceCopy;

  beforeEach(async () => {
    copy = await copyWorkspace();
  });
  afterEach(() => copy.remove());

  async function declare(folder: string, dependency: string): Promise<void> {
    const file = join(folder, 'package.json');
    const text = await readFile(join(copy.root, file), 'utf8');
    await copy.write(file, text.replace('"dependencies": {', `"dependencies": {\n    "${dependency}": "workspace:*",`));
  }

  it.each([
    ['packages/domain', '@bank/security'],
    ['packages/proto', '@bank/security'],
    ['packages/security', '@bank/database'],
    ['packages/redis', '@bank/database'],
    ['packages/service-kit', '@bank/redis'],
    ['packages/testing', '@bank/database'],
    ['apps/device', '@bank/auth'],
    ['test/e2e', '@bank/auth'],
  ])('fail when %s declares %s', async (folder, dependency) => {
    await declare(folder, dependency);
    expect((await checkBoundaries(copy.root)).map((problem) => problem.message).join()).toContain(dependency);
  });

  it('fail on an import that no package.json declares', async () => {
    await copy.write('packages/domain/src/planted.ts', `export * from 'rolldown';\n`);
    expect((await checkBoundaries(copy.root)).map((problem) => problem.message).join()).toContain('rolldown');
  });

  it('fail on an import that leaves its package', async () => {
    await copy.write('packages/domain/src/planted.ts', `export * from '../../security/src/index.ts';\n`);
    expect((await checkBoundaries(copy.root)).map((problem) => problem.message).join()).toContain(
      'security/src/index.ts',
    );
  });
});
