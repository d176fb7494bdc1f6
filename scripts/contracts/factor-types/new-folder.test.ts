import { cp, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runTool } from '#checks/tool.ts';
import { contractPaths } from '#contracts/paths.ts';
import { copyWorkspace, type WorkspaceCopy } from '#test/workspace-copy.ts';

const minutes = { timeout: 120_000 };

describe('a kind of factors that is added as a folder', () => {
  let copy: WorkspaceCopy;

  beforeAll(async () => {
    copy = await copyWorkspace();
    const fixture = join(copy.root, 'apps/mfa/test/fixtures/paper-code');
    await cp(fixture, join(copy.root, contractPaths.factorTypes, 'paper-code'), { recursive: true });
  });
  afterAll(() => copy.remove());

  const run = (...args: readonly string[]) => runTool(copy.root, 'node', args);
  const textOf = (file: string) => readFile(join(copy.root, file), 'utf8');

  it('is missed in all registries until they are made anew', minutes, async () => {
    const { status, stderr } = await run('scripts/check.ts', 'generated');
    expect(status).toBe(1);
    for (const name of ['storage/names', 'storage/parts', 'factor-types', 'transport/routes']) {
      expect(stderr).toContain(`${contractPaths.factorTypes}/gen/${name}.gen.ts  is not what the sources generate`);
    }
  });

  it('is in the documents after `pnpm codegen`, and breaks no rule', minutes, async () => {
    expect(await run('scripts/codegen.ts')).toMatchObject({ status: 0 });
    expect(await textOf(contractPaths.openApi)).toContain('/v1/mfa/paper-code/{id}/confirm:');
    expect(await textOf(contractPaths.dataRights)).toContain('| `paper_codes` | no: hashes of secrets | deleted |');
    const checks = ['generated', 'compatibility', 'imports', 'transactions', 'migrations', 'names', 'boundaries'];
    expect(await run('scripts/check.ts', ...checks)).toMatchObject({ status: 0, stderr: '' });
    expect(await runTool(copy.root, 'knip', ['--no-progress', '--workspace', 'apps/mfa'])).toMatchObject({ status: 0 });
    expect(await runTool(copy.root, 'biome', ['check', contractPaths.factorTypes])).toMatchObject({ status: 0 });
  });
});
