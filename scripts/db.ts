// `pnpm db migrate|status|check [app]` and `pnpm db create <app> <name> [folder]`, as the owner roles of the schemas.
import type { SchemaMigrator } from '@bank/database';
import { describeFailure, StackError } from '#stack/host/stack-error.ts';
import { createMigration, listingOf, type NewMigration } from '#stack/provisioning/create-migration.ts';
import { faultLines, statusLines } from '#stack/provisioning/migration-report.ts';
import { openMigrator } from '#stack/provisioning/migrations.ts';
import { secretsFolder } from '#stack/run/prepare.ts';
import { type AppName, appNames, isAppName } from '#stack/settings/apps.ts';
import { readOwnerAddress } from '#stack/settings/owner-addresses.ts';
import { defaultStackFolder } from '#stack/settings/repository.ts';

const usage =
  'usage: pnpm db migrate|status|check [app], or pnpm db create <app> <name> [part of the app, as src/factor-types/totp/storage]';

/** What a command tells of one schema, and whether that is as it should be. */
interface Outcome {
  readonly lines: readonly string[];
  readonly ok: boolean;
}

const commands: Readonly<Record<string, (migrator: SchemaMigrator) => Promise<Outcome>>> = {
  async migrate(migrator) {
    const ran = await migrator.up();
    return { lines: ran.length === 0 ? ['up to date'] : ran.map((name) => `ran ${name}`), ok: true };
  },
  async status(migrator) {
    return { lines: statusLines(await migrator.status()), ok: true };
  },
  async check(migrator) {
    const lines = faultLines(await migrator.status(), await migrator.check());
    return { lines: lines.length === 0 ? ['tables and entities agree'] : lines, ok: lines.length === 0 };
  },
};

try {
  process.exitCode = (await run(process.argv.slice(2))) ? 0 : 1;
} catch (error) {
  process.stderr.write(`error: ${describeFailure(error)}\n`);
  process.exitCode = 1;
}

async function run([command = '', app, name, part]: readonly string[]): Promise<boolean> {
  if (app !== undefined && !isAppName(app)) {
    throw new StackError(`there is no app "${app}": ${appNames.join(', ')}`);
  }
  if (command === 'create' && app !== undefined && name !== undefined) {
    await withMigrator(app, (migrator) => create(migrator, app, part === undefined ? { name } : { name, part }));
    return true;
  }
  const work = commands[command];
  if (work === undefined) {
    throw new StackError(usage);
  }
  if (app === undefined && process.env['OWNER_DATABASE_URL']) {
    throw new StackError('OWNER_DATABASE_URL is the owner of one schema: name the app');
  }
  let allOk = true;
  for (const each of app === undefined ? appNames : [app]) {
    const { lines, ok } = await withMigrator(each, work);
    process.stdout.write(`${each}: ${lines.join(`\n${' '.repeat(each.length + 2)}`)}\n`);
    allOk &&= ok;
  }
  return allOk;
}

async function withMigrator<T>(app: AppName, work: (migrator: SchemaMigrator) => Promise<T>): Promise<T> {
  const owner = readOwnerAddress(app, secretsFolder(defaultStackFolder), process.env);
  const migrator = await openMigrator(app, owner, (line) => process.stdout.write(`${app}: ${line}\n`));
  try {
    return await work(migrator);
  } finally {
    await migrator.close();
  }
}

/** The new migration holds what separates the tables from the entities. */
async function create(migrator: SchemaMigrator, app: AppName, what: NewMigration): Promise<void> {
  if ((await migrator.pending()).length > 0) {
    throw new StackError(`${app} has pending migrations: run "pnpm db migrate ${app}" first`);
  }
  const file = createMigration(app, what, await migrator.check());
  process.stdout.write(`${file}: read it through, then ${listingOf(app, what)}\n`);
}
