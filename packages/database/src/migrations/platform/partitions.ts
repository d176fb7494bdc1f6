import { identifier, literal } from '#connection/identifier.ts';
import { rolesOf } from '#migrations/roles.ts';

/** A table that was created `partition by range (<keyColumn>)` of a UUIDv7. */
export interface PartitionedTable {
  readonly table: string;
  readonly keyColumn: string;
  /** When a row was written: trims what lies in the default partition. */
  readonly ageColumn: string;
  /** Weeks after which a partition is dropped; kept for good when left out. */
  readonly keepWeeks?: number;
  /** SQL condition: a partition with such a row is not dropped yet. */
  readonly blockedWhile?: string;
}

const WEEKS_AHEAD = 4;

/** Registers a table for weekly partitions and makes the first ones. Rows outside of all weeks go to `<table>_default`. */
export function partitionedTableSql(schema: string, definition: PartitionedTable): string[] {
  const { table, keyColumn, ageColumn, keepWeeks, blockedWhile } = definition;
  const s = identifier(schema);
  const values = [
    literal(identifier(table)),
    literal(identifier(keyColumn)),
    literal(identifier(ageColumn)),
    keepWeeks === undefined ? 'null' : String(Math.trunc(keepWeeks)),
    blockedWhile === undefined ? 'null' : literal(blockedWhile),
  ];
  return [
    `create table ${s}.${table}_default partition of ${s}.${table} default`,
    `revoke all on ${s}.${table}_default from ${rolesOf(schema).app}`,
    `insert into ${s}.partitioned_tables (table_name, key_column, age_column, keep_weeks, blocked_while) values (${values.join(', ')})`,
    `select ${s}.maintain_partitions(${WEEKS_AHEAD})`,
  ];
}

/**
 * The register of partitioned tables, and the one function by which the app role makes and drops partitions without
 * owning anything: it belongs to the owner role, takes no names from its caller and has a fixed search path.
 */
export function partitionMaintenanceSql(schema: string): string[] {
  const s = identifier(schema);
  const { app } = rolesOf(schema);
  return [
    `create table ${s}.partitioned_tables (
  table_name text not null,
  key_column text not null,
  age_column text not null,
  keep_weeks integer,
  blocked_while text,
  constraint partitioned_tables_pkey primary key (table_name),
  constraint partitioned_tables_keep_weeks_check check (keep_weeks > 0)
)`,
    `revoke all on ${s}.partitioned_tables from ${app}`,
    `create function ${s}.uuid_floor(at timestamptz) returns uuid
language sql immutable strict parallel safe
set search_path = pg_catalog, pg_temp
return (lpad(to_hex((extract(epoch from at) * 1000)::bigint), 12, '0') || '70008000' || repeat('0', 12))::uuid`,
    createFunction(s, app),
    dropFunction(s),
    maintainFunction(s),
    ...['create_partitions(integer)', 'drop_partitions()', 'maintain_partitions(integer)'].map(
      (signature) => `revoke all on function ${s}.${signature} from public`,
    ),
    `grant execute on function ${s}.maintain_partitions(integer) to ${app}`,
  ];
}

/** Rows that went to the default partition before their week existed are moved, or the week could not be attached. */
function createFunction(s: string, app: string): string {
  return `create function ${s}.create_partitions(weeks_ahead integer) returns text[]
language plpgsql set search_path = ${s}, pg_temp
as $$
declare
  parent record;
  week timestamptz;
  child text;
  low uuid;
  high uuid;
  created text[] := '{}';
begin
  for parent in select table_name as name, key_column as key from partitioned_tables order by table_name loop
    for ahead in 0 .. least(greatest(weeks_ahead, 0), 53) loop
      week := (date_trunc('week', now() at time zone 'UTC') + make_interval(weeks => ahead)) at time zone 'UTC';
      child := parent.name || '_w' || to_char(week at time zone 'UTC', 'YYYYMMDD');
      continue when to_regclass(format('${s}.%I', child)) is not null;
      low := uuid_floor(week);
      high := uuid_floor(week + interval '7 days');
      execute format('create table ${s}.%I (like ${s}.%I including all)', child, parent.name);
      execute format('alter table ${s}.%I set (autovacuum_vacuum_scale_factor = 0.05)', child);
      execute format('revoke all on ${s}.%I from ${app}', child);
      execute format(
        'with moved as (delete from ${s}.%I where %I >= %L and %I < %L returning *) insert into ${s}.%I select * from moved',
        parent.name || '_default', parent.key, low, parent.key, high, child);
      execute format('alter table ${s}.%I attach partition ${s}.%I for values from (%L) to (%L)', parent.name, child, low, high);
      created := created || child;
    end loop;
  end loop;
  return created;
end
$$`;
}

function dropFunction(s: string): string {
  return `create function ${s}.drop_partitions() returns text[]
language plpgsql set search_path = ${s}, pg_temp
as $$
declare
  parent record;
  child text;
  cutoff timestamp;
  blocked boolean;
  dropped text[] := '{}';
begin
  for parent in select table_name as name, age_column as age, keep_weeks as weeks, coalesce(blocked_while, 'false') as busy
      from partitioned_tables where keep_weeks is not null order by table_name loop
    cutoff := date_trunc('week', now() at time zone 'UTC') - make_interval(weeks => parent.weeks);
    for child in select c.relname from pg_inherits i join pg_class c on c.oid = i.inhrelid
        where i.inhparent = format('${s}.%I', parent.name)::regclass
          and c.relname ~ ('^' || parent.name || '_w[0-9]{8}$')
          and to_timestamp(right(c.relname, 8), 'YYYYMMDD') at time zone 'UTC' + interval '7 days' <= cutoff
        order by c.relname loop
      execute format('lock table ${s}.%I in access exclusive mode', child);
      execute format('select exists (select 1 from ${s}.%I where %s)', child, parent.busy) into blocked;
      continue when blocked;
      execute format('alter table ${s}.%I detach partition ${s}.%I', parent.name, child);
      execute format('drop table ${s}.%I', child);
      dropped := dropped || child;
    end loop;
    execute format('delete from ${s}.%I where %I < %L and not (%s)',
      parent.name || '_default', parent.age, cutoff at time zone 'UTC', parent.busy);
  end loop;
  return dropped;
end
$$`;
}

/** Gives up at once when another replica is at it, and soon when a lock is not to be had: the next run tries again. */
function maintainFunction(s: string): string {
  return `create function ${s}.maintain_partitions(weeks_ahead integer, out created text[], out dropped text[])
language plpgsql security definer
set search_path = ${s}, pg_temp
set lock_timeout = '2s'
set timezone = 'UTC'
as $$
begin
  created := '{}';
  dropped := '{}';
  if pg_try_advisory_xact_lock(hashtextextended('${s}.maintain_partitions', 0)) then
    created := create_partitions(weeks_ahead);
    dropped := drop_partitions();
  end if;
end
$$`;
}
