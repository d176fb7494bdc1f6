import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runTool } from '#checks/tool.ts';
import { unpackBundle } from '#contracts/release-bundle.ts';
import { type ReleaseRecord, releaseFiles } from '#contracts/releases.ts';

/** What a patch may change: how a release is tested, and nothing of what is tested. */
const harness = /^(packages\/testing\/|packages\/composition\/src\/testing\/|(apps|packages)\/[a-z-]+\/test\/)/;

/**
 * Unpacks the bundle of a release and installs what its own lockfile says, from what is on this machine where it can. A release whose
 * tests cannot be given a migrated database has a patch beside its bundle that teaches them. The folder is removed afterwards.
 * @throws Error with what git or pnpm says, and for a patch of anything but the tests
 */
export async function withUnpackedRelease<T>(
  root: string,
  release: ReleaseRecord,
  work: (folder: string) => Promise<T>,
): Promise<T> {
  const parent = await mkdtemp(join(tmpdir(), 'previous-release-'));
  const folder = join(parent, release.version);
  try {
    await unpackBundle(root, release, folder);
    await applyPatch(join(root, releaseFiles(release.version).patch), folder);
    const pnpm = join(root, 'node_modules/.bin/pnpm');
    await must(folder, pnpm, ['install', '--frozen-lockfile', '--prefer-offline'], { CI: 'true' });
    return await work(folder);
  } finally {
    await rm(parent, { recursive: true, force: true });
  }
}

/** The files of the product that a patch would change. */
export function patchedProduct(patch: string): readonly string[] {
  const files = [...patch.matchAll(/^(?:---|\+\+\+) (?:[ab]\/)?(\S+)/gm)].map(([, file = '']) => file);
  return [...new Set(files)].filter((file) => file !== '/dev/null' && !harness.test(file));
}

async function applyPatch(patch: string, folder: string): Promise<void> {
  if (!existsSync(patch)) return;
  const [product] = patchedProduct(await readFile(patch, 'utf8'));
  if (product !== undefined) throw new Error(`${patch} changes ${product}, which is what has to be tested as it was`);
  await must(folder, 'git', ['apply', patch]);
}

async function must(
  folder: string,
  tool: string,
  args: readonly string[],
  variables: Readonly<Record<string, string>> = {},
): Promise<void> {
  const { status, stdout, stderr } = await runTool(folder, tool, args, variables);
  if (status !== 0)
    throw new Error(`${args.slice(0, 1).join(' ')} in the previous release failed:\n${stderr || stdout}`);
}
