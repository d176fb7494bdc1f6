import type { EntityManager } from '@mikro-orm/postgresql';
import type { Growth } from '#housekeeping/growth.ts';
import { runStatement } from '#transaction/repository.ts';

interface Table {
  readonly table: string;
  /** Whether it is partitioned. */
  readonly inWeeks: boolean;
  /** The columns that are the first of an index. */
  readonly indexed: readonly string[];
}

/**
 * What is wrong with a declaration, held against the schema as it really is: a table that nothing keeps from growing, one that two
 * things do, one that is trimmed by what no index finds, and names that do not exist. Nothing when all is well.
 */
export async function growthProblems(
  em: EntityManager,
  { schema, trimmed, partitioned, bounded }: Growth,
): Promise<string[]> {
  const tables = (await runStatement(em, tablesSql, [schema])).rows as readonly Table[];
  const problems = tables.flatMap(({ table, inWeeks, indexed }) => {
    const rule = trimmed[table];
    const ways = [rule, partitioned[table], bounded[table]].filter((way) => way !== undefined).length;
    if (ways === 0) return [`nothing keeps ${schema}.${table} from growing: declare it in storage/growth.ts`];
    if (ways > 1) return [`${schema}.${table} is declared twice`];
    if (inWeeks !== (partitioned[table] !== undefined))
      return [`${schema}.${table} is declared otherwise than it is made`];
    if (rule === undefined || indexed.includes(rule.by)) return [];
    return [`${schema}.${table} is trimmed by ${rule.by}, which is the first column of no index`];
  });
  const known = new Set(tables.map(({ table }) => table));
  const missing = [trimmed, partitioned, bounded].flatMap(Object.keys).filter((table) => !known.has(table));
  return [...problems, ...missing.map((table) => `${schema}.${table} is declared and does not exist`)];
}

const tablesSql = `select c.relname as "table", c.relkind = 'p' as "inWeeks",
    array(select a.attname::text from pg_index i join pg_attribute a on a.attrelid = c.oid and a.attnum = i.indkey[0]
          where i.indrelid = c.oid) as "indexed"
  from pg_class c join pg_namespace n on n.oid = c.relnamespace
  where n.nspname = ? and c.relkind in ('r', 'p') and not c.relispartition order by c.relname`;
