import { createHash } from 'node:crypto';
import { LOCK_TIMEOUT } from '#migrations/sql-migration.ts';
import { type MigrationSession, qualified, SteppedMigration } from '#migrations/steps.ts';

/** A new index: `create: 'users_status_index', on: 'auth.users', as: '(status, id) where …'`. */
interface NewIndex {
  readonly create: string;
  /** `<schema>.<table>` */
  readonly on: string;
  /** What follows the table in `create index`. */
  readonly as: string;
  readonly unique?: true;
}

/** An index that goes: `<schema>.<index>`. */
interface OldIndex {
  readonly drop: string;
}

export type IndexChange = NewIndex | OldIndex;

const PATIENCE = '10min';
const NAME_MAX = 63;

/**
 * Makes or drops one index of a table that is in use, without keeping anybody from writing to it (`concurrently`, which cannot
 * be part of a transaction). A build that was interrupted leaves an invalid index, so each try begins by dropping it. On a
 * partitioned table the index is built on one partition after another.
 */
export abstract class IndexMigration extends SteppedMigration {
  abstract change(): IndexChange;

  override statements(): readonly string[] {
    const change = this.change();
    return 'drop' in change ? [dropSql(qualified(change.drop))] : buildSql(change, qualified(change.on), change.create);
  }

  override async perform(session: MigrationSession): Promise<void> {
    const change = this.change();
    const { schema, name } = qualified('drop' in change ? change.drop : change.on);
    const [found] = await session.rows<{ kind: string }>(
      'select c.relkind as kind from pg_class c where c.oid = to_regclass($1)',
      [`${schema}.${name}`],
    );
    if (found?.kind === 'p' && 'create' in change) {
      await buildOnPartitions(session, change);
    } else if (found?.kind === 'I') {
      await briefly(session, `drop index if exists ${schema}.${name}`);
    } else {
      await concurrently(session, this.statements());
    }
  }
}

/** The waits of a concurrent build keep nobody else waiting, and one that gives up has to begin from its beginning. */
async function concurrently(session: MigrationSession, statements: readonly string[]): Promise<void> {
  await session.again(async () => {
    await session.run(`set lock_timeout = '${PATIENCE}'`);
    for (const statement of statements) {
      await session.run(statement);
    }
  });
}

/** What is done at once when the lock is there, and keeps everybody waiting until then. */
async function briefly(session: MigrationSession, statement: string): Promise<void> {
  await session.again(() => session.run(`set lock_timeout = '${LOCK_TIMEOUT}'; ${statement}`));
}

interface Name {
  readonly schema: string;
  readonly name: string;
}

function dropSql({ schema, name }: Name): string {
  return `drop index concurrently if exists ${schema}.${name}`;
}

function buildSql({ as, unique }: NewIndex, { schema, name: table }: Name, index: string): readonly [string, string] {
  const { name } = qualified(`${schema}.${index}`);
  const kind = unique === true ? 'unique index' : 'index';
  return [dropSql({ schema, name }), `create ${kind} concurrently ${name} on ${schema}.${table} ${as}`];
}

interface Partition {
  readonly name: string;
}

/** Partitions that have no index below this one yet. A partition that is attached later brings its own. */
const withoutIndex = `select c.relname as name
  from pg_inherits i join pg_class c on c.oid = i.inhrelid
  where i.inhparent = to_regclass($1) and not exists (
    select 1 from pg_inherits j join pg_index x on x.indexrelid = j.inhrelid
    where j.inhparent = to_regclass($2) and x.indrelid = c.oid)
  order by c.relname`;

/** The index of the whole table is made without its parts, and becomes valid with the last part that is attached to it. */
async function buildOnPartitions(session: MigrationSession, change: NewIndex): Promise<void> {
  const { schema, name: table } = qualified(change.on);
  const { name: index } = qualified(`${schema}.${change.create}`);
  const kind = change.unique === true ? 'unique index' : 'index';
  const whole = `create ${kind} if not exists ${index} on only ${schema}.${table} ${change.as}`;
  await briefly(session, whole);
  const params = [`${schema}.${table}`, `${schema}.${index}`];
  for (let parts = await session.rows<Partition>(withoutIndex, params); parts.length > 0; ) {
    for (const { name: partition } of parts) {
      const part = partName(partition, index, table);
      await concurrently(session, buildSql(change, { schema, name: partition }, part));
      await briefly(session, `alter index ${schema}.${index} attach partition ${schema}.${part}`);
    }
    parts = await session.rows<Partition>(withoutIndex, params);
  }
}

/** The name of the part of an index on one partition, within the length of a name. */
function partName(partition: string, index: string, table: string): string {
  const name = `${partition}_${index.startsWith(`${table}_`) ? index.slice(table.length + 1) : index}`;
  if (name.length <= NAME_MAX) return name;
  return `${name.slice(0, NAME_MAX - 9)}_${createHash('sha256').update(name).digest('hex').slice(0, 8)}`;
}
