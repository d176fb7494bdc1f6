import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runTool } from '#checks/tool.ts';
import { moveBaselines } from '#contracts/baselines.ts';
import { contractPaths } from '#contracts/paths.ts';
import { releaseRefusal } from '#contracts/release.ts';
import { setVersion, workspaceVersion } from '#contracts/version.ts';
import { copyWorkspace, type WorkspaceCopy } from '#test/workspace-copy.ts';

const proto = 'proto/bank/user/v1/user.proto';

describe('a release', () => {
  let copy: WorkspaceCopy;

  beforeAll(async () => {
    copy = await copyWorkspace();
    await rm(join(copy.root, contractPaths.baselineRecord), { force: true });
    await copy.write(contractPaths.openApi, 'paths: {}\n');
    await setVersion(copy.root, '1.2.3');
    await commit();
  });
  afterAll(() => copy.remove());

  async function commit(): Promise<void> {
    const author = ['-c', 'user.name=a', '-c', 'user.email=a@example.org'];
    await runTool(copy.root, 'git', ['add', '--all']);
    await runTool(copy.root, 'git', [...author, 'commit', '--quiet', '--no-verify', '--message', 'x']);
  }

  it('may be the first of the version that stands', async () => {
    expect(await workspaceVersion(copy.root)).toBe('1.2.3');
    expect(await releaseRefusal(copy.root, '1.2.3')).toBeUndefined();
  });

  it('is refused with something uncommitted', async () => {
    await moveBaselines(copy.root, '1.2.3');
    expect(await releaseRefusal(copy.root, '1.3.0')).toContain('Commit first: ');
    await commit();
    expect(await releaseRefusal(copy.root, '1.3.0')).toBeUndefined();
  });

  it('is refused when it is not newer', async () => {
    expect(await releaseRefusal(copy.root, '1.2.3')).toBe('1.2.3 is not a version after 1.2.3');
  });

  it('is refused when it breaks the one before', async () => {
    const text = await readFile(join(copy.root, proto), 'utf8');
    await copy.write(proto, text.replace('  int64 version = 7;\n', ''));
    await commit();
    expect(await releaseRefusal(copy.root, '1.3.0')).toContain(`${proto}:`);
  });
});
