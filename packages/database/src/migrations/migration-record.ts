import type pg from 'pg';
import { identifier } from '#connection/identifier.ts';
import type { MigrationPlan } from '#migrations/migration-plan.ts';

/** A migration that has run. */
export interface AppliedMigration {
  readonly name: string;
  readonly at: Date;
  /** Of what ran; null where it ran before checksums were kept. */
  readonly checksum: string | null;
}

/** Where a schema stands. Names are in the order in which they run. */
export interface MigrationStatus {
  readonly applied: readonly AppliedMigration[];
  readonly pending: readonly string[];
  /** They ran here and are not among the migrations of this release: a newer one has been here. */
  readonly unknown: readonly string[];
  /** They are not what ran here under their name. */
  readonly changed: readonly string[];
  /** What a build that was interrupted left behind. */
  readonly invalidIndexes: readonly string[];
}

/** Reads where a schema stands, from a database of any release. */
export async function statusOf(
  client: pg.Client,
  schema: string,
  plans: readonly MigrationPlan[],
): Promise<MigrationStatus> {
  const applied = await appliedIn(client, schema);
  const { rows: invalid } = await client.query<{ name: string }>(
    `select c.relname as name from pg_index i join pg_class c on c.oid = i.indexrelid
       join pg_namespace n on n.oid = c.relnamespace where n.nspname = $1 and not i.indisvalid order by c.relname`,
    [schema],
  );
  const ran = new Map(applied.map((migration) => [migration.name, migration]));
  const known = new Set(plans.map(({ name }) => name));
  return {
    applied,
    pending: plans.filter(({ name }) => !ran.has(name)).map(({ name }) => name),
    unknown: applied.filter(({ name }) => !known.has(name)).map(({ name }) => name),
    changed: plans
      .filter(({ name, checksum }) => (ran.get(name)?.checksum ?? checksum) !== checksum)
      .map(({ name }) => name),
    invalidIndexes: invalid.map(({ name }) => name),
  };
}

async function appliedIn(client: pg.Client, schema: string): Promise<readonly AppliedMigration[]> {
  const table = `${identifier(schema)}.migrations`;
  const { rows: found } = await client.query('select 1 where to_regclass($1) is not null', [table]);
  if (found.length === 0) return [];
  // As JSON, since a database that only older releases have migrated has no such column.
  const { rows } = await client.query<AppliedMigration>(
    `select name, executed_at as at, to_jsonb(m) ->> 'checksum' as checksum from ${table} m order by id`,
  );
  return rows;
}

/** Remembers what it was that ran. What ran before checksums were kept is taken for what stands there now. */
export async function keepChecksums(client: pg.Client, schema: string, plans: readonly MigrationPlan[]): Promise<void> {
  const table = `${identifier(schema)}.migrations`;
  const { rows } = await client.query(
    `select 1 from pg_attribute where attrelid = to_regclass($1) and attname = 'checksum' and not attisdropped`,
    [table],
  );
  if (rows.length === 0) await client.query(`alter table ${table} add column checksum text`);
  await client.query(
    `update ${table} m set checksum = p.checksum from unnest($1::text[], $2::text[]) p (name, checksum)
       where m.name = p.name and m.checksum is null`,
    [plans.map(({ name }) => name), plans.map(({ checksum }) => checksum)],
  );
}
