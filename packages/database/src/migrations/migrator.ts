import { Migrator } from '@mikro-orm/migrations';
import { MikroORM, type Options } from '@mikro-orm/postgresql';
import type pg from 'pg';
import { identifier } from '#connection/identifier.ts';
import { type Entities, ormOptions } from '#connection/orm-options.ts';
import { type LockRetries, patientRetries, withLockRetries } from '#migrations/lock-retries.ts';
import { type MigrationPlan, type NamedMigration, planOf } from '#migrations/migration-plan.ts';
import { keepChecksums, type MigrationStatus, statusOf } from '#migrations/migration-record.ts';
import { alone, type SessionOptions, sessionOf, withSession } from '#migrations/migrator-session.ts';
import { unmappedTables } from '#migrations/platform-tables.ts';
import { SteppedMigration } from '#migrations/steps.ts';

export interface MigratorOptions extends SessionOptions {
  readonly entities: Entities;
  readonly migrations: readonly NamedMigration[];
  /** How patient it is with locks that others hold: about a minute unless told. */
  readonly lockRetries?: LockRetries;
}

export interface SchemaMigrator {
  /**
   * Runs what is pending, one migrator of a schema at a time; the names of what ran. What ran before a failure stays, nothing
   * of a failed transaction does, and it may be called again. @throws service.unavailable; Error when a migration has changed
   */
  up(): Promise<string[]>;
  pending(): Promise<string[]>;
  status(): Promise<MigrationStatus>;
  /** The statements that would make the tables equal to the entities: none when they agree. */
  check(): Promise<string[]>;
  close(): Promise<void>;
}

/** Migrates one schema as its owner role. @throws Error for a migration of no kind that is known here */
export async function createMigrator(options: MigratorOptions): Promise<SchemaMigrator> {
  const plans = options.migrations.map(planOf);
  const orm = await MikroORM.init({ ...ormOptions(poolOf(options)), ...migratorOptions(options) });
  const status = () => withSession(options, (client) => statusOf(client, options.schema, plans));
  return {
    up: () => alone(options, (client) => runPending(orm, options, plans, client)),
    pending: async () => [...(await status()).pending],
    status,
    check: () => schemaDrift(orm, options.schema),
    close: () => orm.close(),
  };
}

async function runPending(
  orm: MikroORM,
  options: MigratorOptions,
  plans: readonly MigrationPlan[],
  client: pg.Client,
): Promise<string[]> {
  const { schema, migrations } = options;
  const lockRetries = retriesOf(options);
  await orm.migrator.getExecuted(); // makes its table where there is none
  await withLockRetries(lockRetries, () => keepChecksums(client, schema, plans));
  const status = await statusOf(client, schema, plans);
  refuseChanged(schema, status);
  for (const name of status.pending) {
    const stepped = migrations.find((each) => each.name === name && each.class.prototype instanceof SteppedMigration);
    if (stepped === undefined) {
      await withLockRetries(lockRetries, () => orm.migrator.up({ migrations: [name] }));
    } else {
      await runSteps(orm, options, stepped);
    }
    await keepChecksums(client, schema, plans); // fails when the connection that holds the lock is lost
  }
  return [...status.pending];
}

async function runSteps(orm: MikroORM, options: MigratorOptions, migration: NamedMigration): Promise<void> {
  const steps = new migration.class(orm.em.getDriver(), orm.config);
  if (!(steps instanceof SteppedMigration)) throw new Error(`${migration.name} has no steps`);
  await withSession(options, (client) => steps.perform(sessionOf(client, retriesOf(options))));
  await orm.migrator.logMigration(migration.name);
}

function retriesOf({ lockRetries = patientRetries, report }: MigratorOptions): LockRetries {
  return { report, ...lockRetries };
}

function refuseChanged(schema: string, { changed }: MigrationStatus): void {
  if (changed.length === 0) return;
  throw new Error(
    `${schema}: ${changed.join(', ')} ran here with other statements: put back what they were, and change the tables by a new migration`,
  );
}

/** Where the tables of a schema differ from its entities, as statements that would change the tables; none is best. */
async function schemaDrift(orm: MikroORM, schema: string): Promise<string[]> {
  const difference = await orm.schema.getUpdateSchemaSQL({ schema: identifier(schema), wrap: false });
  return difference
    .split(/;\n/)
    .map((statement) => statement.trim())
    .filter((statement) => statement !== '');
}

function poolOf({ ownerUrl, caFile, schema, entities }: MigratorOptions) {
  return { url: ownerUrl, caFile, schema, entities, poolMax: 2, service: `${schema}:migrate` };
}

function migratorOptions({ schema, migrations }: MigratorOptions): Options {
  return {
    extensions: [Migrator],
    schemaGenerator: { skipTables: [...unmappedTables], ignoreRoutines: true, ignoreTriggers: true },
    migrations: {
      tableName: `${identifier(schema)}.migrations`,
      migrationsList: migrations.map(({ name, class: migration }) => ({ name, class: migration })),
      transactional: true,
      allOrNothing: false, // what ran before a failing migration stays
      safe: true,
      snapshot: false,
    },
  };
}
