import type { EntityManager } from '@mikro-orm/postgresql';
import type { DataRights } from '#data-rights/declaration.ts';
import { runStatement } from '#transaction/repository.ts';

/** A column that holds somebody's id by its name. */
const personColumn = /^(user_id|staff_id|author_id|owner_id|maker_id|checker_id|actor_id|subject|.*_by)$/;

interface Column {
  readonly table: string;
  readonly column: string;
}

/**
 * What is wrong with a declaration, held against the schema as it really is: a table that stands in neither list or in both, one
 * without users that has a column for them, and names that do not exist. Nothing when all is well.
 */
export async function dataRightsProblems(em: EntityManager, rights: DataRights): Promise<string[]> {
  const { schema, personal, impersonal } = rights;
  const { rows } = await runStatement(em, columnsSql, [schema]);
  const columns = Map.groupBy(rows as readonly Column[], ({ table }) => table);
  const problems: string[] = [];
  for (const [table, found] of columns) {
    const names = found.map(({ column }) => column);
    problems.push(
      ...tableProblems(`${schema}.${table}`, { names, declared: personal[table], purpose: impersonal[table] }),
    );
  }
  const missing = [...Object.keys(personal), ...Object.keys(impersonal)].filter((table) => !columns.has(table));
  return [...problems, ...missing.map((table) => `${schema}.${table} is declared and does not exist`)];
}

type Declared = DataRights['personal'][string] | undefined;

function tableProblems(
  table: string,
  { names, declared, purpose }: { names: readonly string[]; declared: Declared; purpose: string | undefined },
): string[] {
  if (declared === undefined && purpose === undefined) return [`${table} is not declared in storage/data-rights.ts`];
  if (declared !== undefined && purpose !== undefined) return [`${table} is declared twice`];
  const person = names.find((name) => personColumn.test(name));
  if (declared === undefined) return person === undefined ? [] : [`${table} has ${person} and is declared impersonal`];
  return namedColumns(declared)
    .filter((name) => !names.includes(name))
    .map((name) => `${table} has no column ${name}`);
}

function namedColumns({ exported, erased }: NonNullable<Declared>): string[] {
  const shown =
    'withheld' in exported
      ? []
      : [exported.key, ...Object.values(exported.columns), ...(exported.sealed ?? []).map(({ column }) => column)];
  return [...shown, ...(typeof erased === 'object' && 'cleared' in erased ? erased.cleared : [])];
}

/** Of the tables themselves: a partition is its table. */
const columnsSql = `select c.relname as "table", a.attname as "column"
  from pg_class c join pg_namespace n on n.oid = c.relnamespace join pg_attribute a on a.attrelid = c.oid
  where n.nspname = ? and c.relkind in ('r', 'p') and not c.relispartition and a.attnum > 0 and not a.attisdropped
  order by c.relname, a.attnum`;
