import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runTool } from '#checks/tool.ts';
import { type ReleaseRecord, releaseFiles, releasesFolder } from '#contracts/releases.ts';

const author = 'User Service <releases@user-service.example>';

/**
 * Writes a git bundle of one commit without history that holds the tree of `commit`, or else the files as they are now, apart from
 * the releases before. `git clone <file>` unpacks it anywhere. @throws Error with what git says
 */
export async function writeBundle(root: string, version: string, commit?: string): Promise<ReleaseRecord['bundle']> {
  const { bundle } = releaseFiles(version);
  const folder = await mkdtemp(join(tmpdir(), 'release-'));
  const branch = `refs/heads/release/${version}`;
  try {
    const index = { GIT_INDEX_FILE: join(folder, 'index') };
    await git(root, ['read-tree', commit ?? 'HEAD'], index);
    if (commit === undefined) await git(root, ['add', '--all'], index);
    await git(root, ['rm', '-r', '--cached', '--quiet', '--ignore-unmatch', releasesFolder], index);
    const tree = await git(root, ['write-tree'], index);
    const date = await git(root, ['show', '--no-patch', '--format=%cI', commit ?? 'HEAD']);
    const made = await git(root, ['commit-tree', tree, '-m', `User Service ${version}`], identity(date));
    await git(root, ['update-ref', branch, made]);
    await mkdir(join(root, releasesFolder), { recursive: true });
    await git(root, [
      '-c',
      'core.compression=9',
      '-c',
      'pack.window=100',
      'bundle',
      'create',
      '--quiet',
      bundle,
      branch,
    ]);
    const bytes = await readFile(join(root, bundle));
    return { sha256: createHash('sha256').update(bytes).digest('hex'), sizeBytes: bytes.length, commit: made };
  } finally {
    await runTool(root, 'git', ['update-ref', '-d', branch]);
    await rm(folder, { recursive: true, force: true });
  }
}

/** Unpacks the bundle of a release into a new folder. @throws Error when the bundle is not the one that the release wrote */
export async function unpackBundle(root: string, { version, bundle }: ReleaseRecord, folder: string): Promise<void> {
  const file = join(root, releaseFiles(version).bundle);
  const digest = createHash('sha256')
    .update(await readFile(file))
    .digest('hex');
  if (digest !== bundle.sha256) throw new Error(`${releaseFiles(version).bundle} is not what the release wrote`);
  await git(root, ['clone', '--quiet', '--branch', `release/${version}`, file, folder]);
}

function identity(date: string): Readonly<Record<string, string>> {
  const [name = '', email = ''] = author.replace('>', '').split(' <');
  return {
    GIT_AUTHOR_NAME: name,
    GIT_AUTHOR_EMAIL: email,
    GIT_AUTHOR_DATE: date,
    GIT_COMMITTER_NAME: name,
    GIT_COMMITTER_EMAIL: email,
    GIT_COMMITTER_DATE: date,
  };
}

async function git(root: string, args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<string> {
  const { status, stdout, stderr } = await runTool(root, 'git', args, env);
  if (status !== 0) throw new Error(`git ${args.slice(0, 2).join(' ')} failed: ${stderr.trim()}`);
  return stdout.trim();
}
