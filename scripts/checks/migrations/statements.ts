import type { CreateStmt, DropStmt, GrantStmt, IndexStmt, InsertStmt, Node, RenameStmt, SelectStmt } from 'libpg-query';
import { alterTableFindings } from '#checks/migrations/alter-table.ts';
import type { Facts, Finding } from '#checks/migrations/findings.ts';
import { functionsBelow, kindOf, listedName, tableName, tablesBelow, wordsOf } from '#checks/migrations/sql.ts';

/** They touch nothing that the release before uses. */
const harmless = new Set([
  'AlterDefaultPrivilegesStmt',
  'AlterEnumStmt',
  'AlterFunctionStmt',
  'CommentStmt',
  'CreateDomainStmt',
  'CreateEnumStmt',
  'CreateFunctionStmt',
  'CreateSeqStmt',
  'CreateStatsStmt',
  'CreateTrigStmt',
  'ViewStmt',
]);

const session = new Set(['VariableSetStmt', 'TransactionStmt', 'LockStmt', 'DiscardStmt', 'ConstraintsSetStmt']);

const backfill = 'a BackfillMigration, which changes some rows at a time, before or after this one';

/** What one statement of a migration in one transaction does to what is in use. */
export function statementFindings(node: Node, facts: Facts, isValidation: boolean): readonly Finding[] {
  if ('AlterTableStmt' in node) return alterTableFindings(node.AlterTableStmt, facts, isValidation);
  if ('CreateStmt' in node) return newTable(node.CreateStmt, facts);
  if ('IndexStmt' in node) return newIndex(node.IndexStmt, facts);
  if ('DropStmt' in node) return dropped(node.DropStmt, facts);
  if ('RenameStmt' in node) return renamed(node.RenameStmt, facts);
  if ('GrantStmt' in node) return revoked(node.GrantStmt, facts);
  if ('InsertStmt' in node) return inserted(node.InsertStmt, facts);
  if ('SelectStmt' in node) return selected(node.SelectStmt);
  if ('UpdateStmt' in node) return changed(tableName(node.UpdateStmt.relation), node, facts);
  if ('DeleteStmt' in node) return changed(tableName(node.DeleteStmt.relation), node, facts);
  if ('CreateTableAsStmt' in node) return changed('', node, facts);
  return otherFindings(node, facts);
}

function otherFindings(node: Node, facts: Facts): readonly Finding[] {
  const kind = kindOf(node);
  if (harmless.has(kind)) return [];
  if (session.has(kind)) {
    const instead = 'nothing: the migrator opens the transaction, bounds its waits and closes it';
    return [
      {
        rule: 'session',
        what: `${kind} changes the session or the transaction, and with it the bounds on locks`,
        instead,
      },
    ];
  }
  if ('TruncateStmt' in node) {
    const tables = tablesBelow(node).filter((table) => !facts.isNew(table));
    return tables.flatMap((table) => facts.stillUsed({ what: `the rows of ${table}`, table }) ?? []);
  }
  return [
    {
      rule: 'unknown',
      what: `${kind} cannot be read for what it does`,
      instead: 'the statements themselves, in one of the ways of docs/development/migrations.md',
    },
  ];
}

function newTable(statement: CreateStmt, facts: Facts): readonly Finding[] {
  const parent = tablesBelow(statement.inhRelations ?? []).find((table) => !facts.isNew(table));
  if (parent === undefined) return [];
  return [
    {
      rule: 'unknown',
      what: `a part of ${parent}, which is in use: its default partition is read while nobody else can use it`,
      instead: 'nothing: `maintain_partitions` makes the partitions of a table',
      long: true,
    },
  ];
}

function newIndex(statement: IndexStmt, facts: Facts): readonly Finding[] {
  const table = tableName(statement.relation);
  if (statement.concurrent === true) {
    return [{ rule: 'index', what: '`concurrently` cannot be part of a transaction', instead: 'an IndexMigration' }];
  }
  if (facts.isNew(table)) return [];
  return [
    {
      rule: 'index',
      what: `nobody can write to ${table} while the index is built`,
      instead: 'an IndexMigration',
      long: true,
    },
  ];
}

function dropped(statement: DropStmt, facts: Facts): readonly Finding[] {
  const { removeType = 'OBJECT_TABLE', objects = [] } = statement;
  return objects.flatMap((object): readonly Finding[] | Finding => {
    const name = listedName(object);
    if (facts.isNew(removeType === 'OBJECT_TRIGGER' ? name.split('.').slice(0, -1).join('.') : name)) return [];
    if (removeType === 'OBJECT_INDEX') {
      return [
        {
          rule: 'index',
          what: `nobody can use the table while ${name} is dropped`,
          instead: 'an IndexMigration with `drop`',
        },
      ];
    }
    const what = `the ${removeType.replace('OBJECT_', '').toLowerCase()} ${name}`;
    return facts.stillUsed(removeType === 'OBJECT_TABLE' ? { what, table: name } : { what }) ?? [];
  });
}

function renamed(statement: RenameStmt, facts: Facts): readonly Finding[] {
  const table = tableName(statement.relation) || listedName(statement.object);
  if (facts.isNew(table) || statement.renameType === 'OBJECT_INDEX') return [];
  const what = `${[table, statement.subname].filter(Boolean).join('.')} has another name at once, and the release before knows only the old one`;
  const instead =
    'add the new beside the old, write both, fill it by a BackfillMigration, read it, and drop the old one a release later';
  return [{ rule: 'contract', what, instead }];
}

function revoked(statement: GrantStmt, facts: Facts): readonly Finding[] {
  if (statement.is_grant === true) return [];
  const objects = (statement.objects ?? []).map((object) => wordsOf(object).join('.'));
  return objects
    .filter((name) => !facts.isNew(name))
    .flatMap((name) => facts.stillUsed({ what: `a right on ${name}` }) ?? []);
}

function inserted(statement: InsertStmt, facts: Facts): readonly Finding[] {
  const query = statement.selectStmt;
  const isList =
    query !== undefined &&
    'SelectStmt' in query &&
    query.SelectStmt.valuesLists !== undefined &&
    statement.withClause === undefined;
  if (isList) return [];
  const table = tableName(statement.relation);
  const read = [...tablesBelow(query), ...tablesBelow(statement.withClause)].filter((each) => !facts.isNew(each));
  if (facts.isNew(table) && read.length === 0) return [];
  return [dataFinding(read.length > 0 ? `reads ${read.join(', ')}` : `fills ${table}`)];
}

function changed(table: string, tree: Node, facts: Facts): readonly Finding[] {
  const touched = [table, ...tablesBelow(tree)].filter((each) => each !== '' && !facts.isNew(each));
  return touched.length === 0 ? [] : [dataFinding(`goes through ${[...new Set(touched)].join(', ')}`)];
}

function selected(statement: SelectStmt): readonly Finding[] {
  const called = functionsBelow(statement);
  if (
    statement.fromClause === undefined &&
    called.length > 0 &&
    called.every((name) => name === 'maintain_partitions')
  ) {
    return [];
  }
  return [
    {
      rule: 'unknown',
      what: 'a query changes something only by what it calls, which cannot be read here',
      instead: 'the statements themselves',
    },
  ];
}

function dataFinding(what: string): Finding {
  return {
    rule: 'data',
    what: `it ${what} row by row, in one transaction that keeps what it has locked until the end`,
    instead: backfill,
    long: true,
  };
}
