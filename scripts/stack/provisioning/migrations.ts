import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { createMigrator, type MigratorOptions, type SchemaMigrator } from '@bank/database';
import { Secret } from '@bank/domain';
import { StackError } from '#stack/host/stack-error.ts';
import type { AppName } from '#stack/settings/apps.ts';
import type { OwnerAddress } from '#stack/settings/owner-addresses.ts';
import { repositoryFolder } from '#stack/settings/repository.ts';

/**
 * Opens the migrations of an app, which every app exports under the same names: `migrations` from `migrations/index.ts`,
 * `entities` from `src/storage/entities.ts`. `report` is told when it has to wait for a lock. Close it when done.
 */
export async function openMigrator(
  app: AppName,
  owner: OwnerAddress,
  report?: (line: string) => void,
): Promise<SchemaMigrator> {
  const { migrations } = await importOf<Pick<MigratorOptions, 'migrations'>>(app, 'migrations/index.ts');
  const { entities } = await importOf<Pick<MigratorOptions, 'entities'>>(app, 'src/storage/entities.ts');
  const ownerUrl = new Secret(owner.url);
  return createMigrator({ ownerUrl, caFile: owner.caFile, schema: app, entities, migrations, report });
}

/** Runs the pending migrations of an app; the names of what ran. */
export async function migrateApp(app: AppName, owner: OwnerAddress): Promise<readonly string[]> {
  const migrator = await openMigrator(app, owner);
  try {
    return await migrator.up();
  } finally {
    await migrator.close();
  }
}

async function importOf<T>(app: string, path: string): Promise<T> {
  const file = join(repositoryFolder, 'apps', app, path);
  if (!existsSync(file)) {
    throw new StackError(`${app}: ${file} is missing`);
  }
  return import(pathToFileURL(file).href);
}
