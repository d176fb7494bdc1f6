import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { checkBoundaries } from '#checks/imports/boundaries.ts';
import { copyWorkspace, type WorkspaceCopy } from '#test/workspace-copy.ts';

describe('package boundaries', () => {
  let copy: WorkspaceCopy;

  beforeAll(async () => {
    copy = await copyWorkspace();
  });
  afterAll(() => copy.remove());

  /** What the check says while a file holds something else. */
  async function messagesWith(file: string, change: (text: string) => string): Promise<string> {
    const before = await readFile(join(copy.root, file), 'utf8');
    await copy.write(file, change(before));
    const problems = await checkBoundaries(copy.root);
    await copy.write(file, before);
    return problems.map((problem) => problem.message).join('\n');
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
    const declared = `"dependencies": {\n    "${dependency}": "workspace:*",`;
    const messages = await messagesWith(`${folder}/package.json`, (text) =>
      text.replace('"dependencies": {', declared),
    );
    expect(messages).toContain(dependency);
  });

  it.each([
    ['that no package.json declares', 'rolldown'],
    ['that leaves its package', '../../security/src/index.ts'],
  ])('fail on an import %s', async (_, imported) => {
    const file = 'packages/domain/src/index.ts';
    expect(await messagesWith(file, (text) => `${text}export * from '${imported}';\n`)).toContain(imported);
  });
});
