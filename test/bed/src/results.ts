import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { repositoryFolder } from '@bank/scripts/stack';
import { describeRevision } from '#machine.ts';

/** Writes what came of a run to `latest.json` in a folder that git ignores, with when and of which commit; gives the file's path. */
export function writeLatest(folder: string, results: object): string {
  const file = join(folder, 'latest.json');
  const dated = { measuredAt: new Date().toISOString(), revision: describeRevision(repositoryFolder), ...results };
  mkdirSync(folder, { recursive: true });
  writeFileSync(file, `${JSON.stringify(dated, null, 2)}\n`);
  return file;
}
