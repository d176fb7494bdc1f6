import { afterAll, beforeAll, expect, it } from 'vitest';
import { runTool } from '#checks/tool.ts';
import { copyWorkspace, type WorkspaceCopy } from '#test/workspace-copy.ts';
import { affectedImages } from '#verify/affected-images.ts';

const everything = ['auth', 'profile', 'mfa', 'device', 'admin', 'tools'];
let copy: WorkspaceCopy;

beforeAll(async () => {
  copy = await copyWorkspace();
  await commit();
});
afterAll(() => copy.remove());

async function commit(): Promise<void> {
  const author = ['-c', 'user.name=a', '-c', 'user.email=a@example.org'];
  await runTool(copy.root, 'git', ['add', '--all']);
  await runTool(copy.root, 'git', [...author, 'commit', '--quiet', '--no-verify', '--message', 'x']);
}

async function affectedBy(file: string): Promise<readonly string[]> {
  await copy.write(file, '// changed\n');
  await commit();
  return affectedImages(copy.root, 'HEAD~1');
}

it.each([
  ['apps/device/src/new.ts', ['device', 'tools']],
  ['packages/notifications/src/new.ts', ['auth', 'profile', 'mfa', 'device', 'tools']],
  ['packages/domain/src/new.ts', everything],
  ['infra/docker/health.mjs', everything],
  ['infra/sandbox/src/new.ts', ['tools']],
  ['docs/new.md', []],
])('a change of %s reaches %j', async (file, images) => {
  expect(await affectedBy(file)).toEqual(images);
});

it('does not lose what was pushed before the last push, when that built nothing', async () => {
  const { stdout } = await runTool(copy.root, 'git', ['rev-parse', 'HEAD']);
  await affectedBy('apps/mfa/src/other.ts');
  expect(await affectedBy('docs/other.md')).toEqual([]);
  expect(await affectedImages(copy.root, stdout.trim())).toEqual(['mfa', 'tools']);
});

it('takes all of them where it is not known what was there before', async () => {
  expect(await affectedImages(copy.root, '0'.repeat(40))).toEqual(everything);
  expect(await affectedImages(copy.root, 'everything')).toEqual(everything);
});
