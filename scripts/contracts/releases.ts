import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as v from 'valibot';
import { isNewer } from '#contracts/version.ts';

/** Where releases are kept, from the root of the repository: for each a bundle of its tree, and what is known of it. */
export const releasesFolder = 'releases';

/** What a release wrote down of itself. */
const ReleaseRecord = v.object({
  version: v.string(),
  /** The SHA-256 of the bundle beside this record, and its size. */
  bundle: v.object({ sha256: v.string(), sizeBytes: v.number(), commit: v.string() }),
  /** By app, in the order in which they run. */
  migrations: v.record(v.string(), v.array(v.object({ name: v.string(), checksum: v.string() }))),
  /** By `<schema>.<table>`: the columns that its code loads and writes with the entity of the table. */
  columns: v.record(v.string(), v.array(v.string())),
});

export type ReleaseRecord = v.InferOutput<typeof ReleaseRecord>;

/** The files of a release, from the root of the repository. */
export function releaseFiles(version: string): {
  readonly bundle: string;
  readonly record: string;
  readonly patch: string;
} {
  const stem = `${releasesFolder}/${version}`;
  return { bundle: `${stem}.bundle`, record: `${stem}.json`, patch: `${stem}.patch` };
}

/** The last release; undefined before the first. */
export async function lastRelease(root: string): Promise<ReleaseRecord | undefined> {
  const files = await readdir(join(root, releasesFolder)).catch(() => []);
  const versions = files.flatMap((file) => /^(\d+\.\d+\.\d+)\.json$/.exec(file)?.[1] ?? []);
  const last = versions.reduce<string | undefined>((a, b) => (a === undefined || isNewer(b, a) ? b : a), undefined);
  if (last === undefined) return undefined;
  return v.parse(ReleaseRecord, JSON.parse(await readFile(join(root, releaseFiles(last).record), 'utf8')));
}
