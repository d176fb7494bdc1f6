import type { InsertStmt, Node, RangeVar, SelectStmt } from 'libpg-query';
import { asList, type Facts, type Finding } from '#checks/migrations/findings.ts';
import {
  columnsBelow,
  functionsBelow,
  isNull,
  qualifiersBelow,
  tableName,
  tablesBelow,
} from '#checks/migrations/sql.ts';

const BATCH_MAX = 10_000;

/** Functions that give a value and do nothing else; whatever is not of Postgres itself may do anything. */
const onlyValues = new Set([
  'clock_timestamp',
  'convert_to',
  'current_setting',
  'decode',
  'encode',
  'gen_random_uuid',
  'generate_series',
  'jsonb_build_object',
  'lower',
  'md5',
  'now',
  'repeat',
  'sha256',
  'statement_timestamp',
  'transaction_timestamp',
  'upper',
]);

/** What a statement that reads or writes rows does, in a transaction, to tables in use; undefined for other statements. */
export function rowFindings(node: Node, facts: Facts): readonly Finding[] | undefined {
  if ('SelectStmt' in node) return selected(node.SelectStmt);
  if ('InsertStmt' in node) return [...inserted(node.InsertStmt, facts), ...called(node)];
  if ('UpdateStmt' in node || 'DeleteStmt' in node) return [...changed(node, facts), ...called(node)];
  if ('CreateTableAsStmt' in node) return [...changed(node.CreateTableAsStmt.query, facts), ...called(node)];
  return undefined;
}

function inserted(statement: InsertStmt, facts: Facts): readonly Finding[] {
  const { relation, selectStmt: query, ...rest } = statement;
  const isList =
    query !== undefined &&
    'SelectStmt' in query &&
    query.SelectStmt.valuesLists !== undefined &&
    statement.withClause === undefined;
  const read = tablesBelow([query, rest]).filter((each) => !facts.isEmpty(each));
  if (read.length > 0) return [dataFinding(`reads or writes ${[...new Set(read)].join(', ')}`)];
  const table = tableName(relation);
  return isList || facts.isEmpty(table) ? [] : [dataFinding(`fills ${table}`)];
}

function changed(tree: unknown, facts: Facts): readonly Finding[] {
  const touched = tablesBelow(tree).filter((each) => !facts.isEmpty(each));
  return touched.length === 0 ? [] : [dataFinding(`goes through ${[...new Set(touched)].join(', ')}`)];
}

function dataFinding(what: string): Finding {
  return {
    rule: 'data',
    what: `it ${what} row by row, in one transaction that keeps what it has locked until the end`,
    instead: 'a BackfillMigration, which changes some rows at a time, before or after this one',
    long: true,
  };
}

function called(node: Node): readonly Finding[] {
  const unread = functionsBelow(node).filter((name) => !onlyValues.has(name));
  if (unread.length === 0) return [];
  const what = `what ${[...new Set(unread)].join(', ')} does besides giving a value cannot be read here`;
  return [{ rule: 'unknown', what, instead: 'the value itself, or a rule in scripts/checks/migrations/rules/rows.ts' }];
}

function selected(statement: SelectStmt): readonly Finding[] {
  const names = functionsBelow(statement);
  const isMaintenance = names.length > 0 && names.every((name) => /^\w+\.maintain_partitions$/.test(name));
  if (isMaintenance && statement.withClause === undefined && tablesBelow(statement).length === 0) return [];
  return [
    {
      rule: 'unknown',
      what: 'a query changes something only by what it calls, which cannot be read here',
      instead: 'the statements themselves',
    },
  ];
}

/** Whether one batch of a back-fill changes some rows only, and whether the batches come to an end. */
export function batchFindings(node: Node, facts: Facts): readonly Finding[] {
  const source = limitedSource(node, facts);
  const instead =
    '`update … where id in (select id from … where <not yet done> limit 1000)`, or a delete or an insert of that form';
  if (source === undefined) {
    const what = `a batch has no limit of ${BATCH_MAX} rows or fewer, so it is the whole table in one transaction`;
    return [{ rule: 'backfill', what, instead }];
  }
  if (isLeftBehind(node, source)) return [...lostValues(node, source, facts), ...called(node)];
  const what = 'what a batch has changed is found by the next one again, so that there is no last one';
  return [{ rule: 'backfill', what, instead }];
}

/** The query that says which rows a batch changes, when it gives a limited number. */
function limitedSource(node: Node, facts: Facts): SelectStmt | undefined {
  if ('InsertStmt' in node) {
    const { selectStmt, withClause } = node.InsertStmt;
    const isPlain = withClause === undefined && selectStmt !== undefined && 'SelectStmt' in selectStmt;
    return isPlain && isLimited(selectStmt.SelectStmt) ? selectStmt.SelectStmt : undefined;
  }
  const statement = 'UpdateStmt' in node ? node.UpdateStmt : 'DeleteStmt' in node ? node.DeleteStmt : undefined;
  if (statement === undefined || statement.withClause !== undefined) return undefined;
  const table = tableName(statement.relation);
  for (const condition of conditionsOf(statement.whereClause)) {
    if (!('SubLink' in condition)) continue;
    const { subLinkType, operName, testexpr, subselect } = condition.SubLink;
    if (subLinkType !== 'ANY_SUBLINK' || operName !== undefined) continue; // `in`, and no other comparison
    if (!facts.isKey(table, plainColumns(testexpr))) continue; // one value may be that of many rows
    if (subselect === undefined || !('SelectStmt' in subselect)) continue;
    if (isLimited(subselect.SelectStmt) && isOnItsOwn(subselect.SelectStmt, statement.relation)) {
      return subselect.SelectStmt;
    }
  }
  return undefined;
}

/** The columns of `id` and `(user_id, type)`; none of an expression, which may have the same value for many rows. */
function plainColumns(node: Node | undefined): readonly string[] {
  const parts = node !== undefined && 'RowExpr' in node ? (node.RowExpr.args ?? []) : [node];
  return parts.every((part) => part !== undefined && 'ColumnRef' in part) ? columnsBelow(parts) : [];
}

/** Whether a query reads the table itself and nothing of the row it is asked for: else it would be run, and limited, for each row. */
function isOnItsOwn({ fromClause = [], ...select }: SelectStmt, relation: RangeVar | undefined): boolean {
  const nameOf = (table: RangeVar | undefined) => table?.alias?.aliasname ?? table?.relname ?? '';
  const sources = fromClause.flatMap(sourcesOf);
  if (!sources.some((source) => tableName(source) === tableName(relation))) return false;
  const isOuter = !sources.some((source) => nameOf(source) === nameOf(relation));
  return !(isOuter && qualifiersBelow([fromClause, select]).includes(nameOf(relation)));
}

function sourcesOf(node: Node | undefined): readonly RangeVar[] {
  if (node === undefined) return [];
  if ('JoinExpr' in node) return [...sourcesOf(node.JoinExpr.larg), ...sourcesOf(node.JoinExpr.rarg)];
  return 'RangeVar' in node ? [node.RangeVar] : [];
}

/** Conditions that have to hold together. */
function conditionsOf(where: Node | undefined): readonly Node[] {
  if (where === undefined) return [];
  if ('BoolExpr' in where && where.BoolExpr.boolop === 'AND_EXPR')
    return (where.BoolExpr.args ?? []).flatMap(conditionsOf);
  return [where];
}

/** `limit all`, a limit that is computed and `with ties` are none. */
function isLimited({ limitCount, limitOption }: SelectStmt): boolean {
  if (limitOption !== 'LIMIT_OPTION_COUNT' || limitCount === undefined || !('A_Const' in limitCount)) return false;
  const { ival: rows = 0 } = limitCount.A_Const.ival ?? {};
  return rows > 0 && rows <= BATCH_MAX;
}

/** Whether the query depends on what the batch changes: on a column that is set, or on the table that is filled. */
function isLeftBehind(node: Node, { whereClause, fromClause }: SelectStmt): boolean {
  if ('InsertStmt' in node) return tablesBelow([whereClause, fromClause]).includes(tableName(node.InsertStmt.relation));
  if (!('UpdateStmt' in node)) return true;
  const asked = columnsBelow([whereClause, fromClause]);
  return (node.UpdateStmt.targetList ?? []).some(
    (target) => 'ResTarget' in target && asked.includes(target.ResTarget.name ?? ''),
  );
}

/** A back-fill takes away as well, some rows at a time: all rows, or all values of a column. */
function lostValues(node: Node, { whereClause }: SelectStmt, facts: Facts): readonly Finding[] {
  if ('DeleteStmt' in node && columnsBelow(whereClause).length === 0) {
    const table = tableName(node.DeleteStmt.relation);
    return asList(facts.isNew(table) ? undefined : facts.stillUsed({ what: `the rows of ${table}`, table }));
  }
  if (!('UpdateStmt' in node)) return [];
  const table = tableName(node.UpdateStmt.relation);
  return (node.UpdateStmt.targetList ?? []).flatMap((target) => {
    if (facts.isNew(table) || !('ResTarget' in target) || !isNull(target.ResTarget.val)) return [];
    const { name: column = '' } = target.ResTarget;
    return asList(facts.stillUsed({ what: `a value of ${table}.${column}`, table, column }));
  });
}
