import { mkdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { recordResource, uniqueResourceName } from '#run/ledger.ts';

/** A folder of its own that is removed with its contents when the run ends. */
export function temporaryFolder(name: string): string {
  const folder = join(tmpdir(), uniqueResourceName(name));
  recordResource('folder', folder);
  mkdirSync(folder, { mode: 0o700 });
  return folder;
}
