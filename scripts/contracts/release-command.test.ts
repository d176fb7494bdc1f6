import { existsSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runTool } from '#checks/tool.ts';
import { movedBaselines } from '#contracts/baselines.ts';
import { unpackBundle, writeBundle } from '#contracts/release-bundle.ts';
import { lastRelease } from '#contracts/releases.ts';
import { inWorkspace } from '#test/small-workspace.ts';
import { copyWorkspace, type WorkspaceCopy } from '#test/workspace-copy.ts';

let folder: string;
let copy: WorkspaceCopy;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'unpacked-'));
  copy = await copyWorkspace();
});
afterAll(async () => {
  await copy.remove();
  await rm(folder, { recursive: true, force: true });
});

async function commitAll(root: string): Promise<void> {
  const author = ['-c', 'user.name=a', '-c', 'user.email=a@example.org'];
  await runTool(root, 'git', ['add', '--all']);
  await runTool(root, 'git', [...author, 'commit', '--quiet', '--no-verify', '--message', 'x']);
}

describe('a bundle', () => {
  it('holds the tree of a commit, and neither history nor earlier releases', async () => {
    const files = { 'a.txt': 'first', 'releases/0.9.0.json': '{}' };
    await inWorkspace(files, async (root) => {
      await commitAll(root);
      await writeFile(join(root, 'a.txt'), 'second');
      await commitAll(root);
      const bundle = await writeBundle(root, '1.0.0', 'HEAD~1');
      expect(await writeBundle(root, '1.0.0', 'HEAD~1')).toEqual(bundle);
      const record = { version: '1.0.0', bundle, migrations: {}, columns: {} };
      await unpackBundle(root, record, join(folder, 'small'));
      expect(await readFile(join(folder, 'small/a.txt'), 'utf8')).toBe('first');
      expect((await readdir(join(folder, 'small'))).sort()).toEqual(['.git', 'a.txt']);
      const { stdout } = await runTool(join(folder, 'small'), 'git', ['rev-list', '--all', '--count']);
      expect(stdout).toBe('1\n');
      expect((await runTool(root, 'git', ['branch', '--list', 'release/*'])).stdout).toBe('');
      await writeFile(join(root, 'releases/1.0.0.bundle'), 'other');
      await expect(unpackBundle(root, record, join(folder, 'other'))).rejects.toThrow('is not what the release wrote');
    });
  });
});

describe('pnpm release', () => {
  it('keeps the tree and its migrations, and lets go of the release before', async () => {
    await commitAll(copy.root);
    const before = await lastRelease(copy.root);
    expect(await runTool(copy.root, 'node', ['scripts/release.ts', '9.0.0'])).toMatchObject({ status: 0, stderr: '' });
    const release = await lastRelease(copy.root);
    expect(release?.version).toBe('9.0.0');
    expect(existsSync(join(copy.root, `releases/${before?.version}.bundle`))).toBe(false);
    if (release === undefined) return;
    expect(release.columns['profile.profiles']).toContain('user_id');
    expect(release.migrations['profile']?.[0]?.name).toBe('202611230001-profiles');
    await unpackBundle(copy.root, release, join(folder, 'whole'));
    expect(await readFile(join(folder, 'whole/package.json'), 'utf8')).toContain('"version": "9.0.0"');

    const checks = ['scripts/check.ts', 'migrations', 'compatibility'];
    expect(await runTool(copy.root, 'node', checks)).toMatchObject({ status: 0, stderr: '' });
    const record = await readFile(join(copy.root, 'releases/9.0.0.json'), 'utf8');
    await copy.write('releases/9.0.0.json', record.replace('202611230001-profiles', '202611230000-profiles'));
    const [moved] = await movedBaselines(copy.root);
    expect(moved).toMatchObject({
      file: 'releases/9.0.0.json',
      message: expect.stringContaining('is not what release 9.0.0 wrote'),
    });
    const changed = await runTool(copy.root, 'node', ['scripts/check.ts', 'migrations']);
    expect(changed.status).toBe(1);
    expect(changed.stderr).toContain('[released]');
  }, 300_000);
});
