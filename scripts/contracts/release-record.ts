import { readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type MigratorOptions, planOf, usedColumns } from '@bank/database';
import { recordBaseline } from '#contracts/baselines.ts';
import { writeBundle } from '#contracts/release-bundle.ts';
import { type ReleaseRecord, releaseFiles, releasesFolder } from '#contracts/releases.ts';
import { appNames } from '#stack/settings/apps.ts';

/**
 * Keeps the tree of `commit`, or else the files as they are now, as release `version`: its bundle, and the record of its migrations and of the columns it uses, which
 * are read from the files at `root`. Earlier releases are removed: the history has them.
 */
export async function keepRelease(root: string, version: string, commit?: string): Promise<ReleaseRecord> {
  const { migrations, columns } = await schemaOf(root);
  for (const file of await readdir(join(root, releasesFolder)).catch(() => [])) {
    if (/^\d+\.\d+\.\d+\.(bundle|json|patch)$/.test(file)) await rm(join(root, releasesFolder, file));
  }
  const record = { version, bundle: await writeBundle(root, version, commit), migrations, columns };
  await writeFile(join(root, releaseFiles(version).record), `${JSON.stringify(record, null, 2)}\n`);
  await recordBaseline(root, releaseFiles(version).record);
  return record;
}

async function schemaOf(root: string): Promise<Pick<ReleaseRecord, 'migrations' | 'columns'>> {
  const migrations: ReleaseRecord['migrations'] = {};
  const columns: ReleaseRecord['columns'] = {};
  for (const app of appNames) {
    const listed = await importOf<Pick<MigratorOptions, 'migrations'>>(root, app, 'migrations/index.ts');
    const { entities } = await importOf<Pick<MigratorOptions, 'entities'>>(root, app, 'src/storage/entities.ts');
    migrations[app] = listed.migrations.map(planOf).map(({ name, checksum }) => ({ name, checksum }));
    for (const [table, used] of Object.entries(await usedColumns(app, entities))) columns[table] = [...used];
  }
  return { migrations, columns };
}

function importOf<T>(root: string, app: string, file: string): Promise<T> {
  return import(pathToFileURL(join(root, 'apps', app, file)).href);
}
