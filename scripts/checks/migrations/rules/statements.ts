import type {
  AlterEnumStmt,
  AlterFunctionStmt,
  CreateFunctionStmt,
  CreateStmt,
  DropStmt,
  GrantStmt,
  IndexStmt,
  Node,
  RenameStmt,
  TruncateStmt,
} from 'libpg-query';
import { asList, cascadeFindings, type Facts, type Finding, namedInUse } from '#checks/migrations/findings.ts';
import { alterTableFindings } from '#checks/migrations/rules/alter-table.ts';
import { rowFindings } from '#checks/migrations/rules/rows.ts';
import { functionName, kindOf, listedName, tableName, tableOfPart, tablesBelow } from '#checks/migrations/sql.ts';

/** They touch nothing that the release before uses. */
const harmless = new Set([
  'AlterDefaultPrivilegesStmt',
  'CommentStmt',
  'CreateDomainStmt',
  'CreateEnumStmt',
  'CreateSeqStmt',
  'CreateStatsStmt',
]);

const session = new Set(['VariableSetStmt', 'TransactionStmt', 'LockStmt', 'DiscardStmt', 'ConstraintsSetStmt']);

/** What `alter function` may set without a caller noticing. */
const unnoticed = new Set(['cost', 'rows', 'parallel', 'support', 'leakproof']);

/** What one statement of a migration in one transaction does to what is in use. */
export function statementFindings(node: Node, facts: Facts): readonly Finding[] {
  if ('AlterTableStmt' in node) return alterTableFindings(node.AlterTableStmt, facts);
  if ('CreateStmt' in node) return newTable(node.CreateStmt, facts);
  if ('IndexStmt' in node) return newIndex(node.IndexStmt, facts);
  if ('DropStmt' in node) return dropped(node.DropStmt, facts);
  if ('TruncateStmt' in node) return emptied(node.TruncateStmt, facts);
  if ('RenameStmt' in node) return renamed(node.RenameStmt, facts);
  if ('GrantStmt' in node) return revoked(node.GrantStmt, facts);
  if ('CreateFunctionStmt' in node) return newFunction(node.CreateFunctionStmt, facts);
  if ('AlterFunctionStmt' in node) return alteredFunction(node.AlterFunctionStmt, facts);
  if ('AlterEnumStmt' in node) return alteredEnum(node.AlterEnumStmt, facts);
  if ('ViewStmt' in node) {
    return node.ViewStmt.replace === true ? replaced(tableName(node.ViewStmt.view), 'view', facts) : [];
  }
  if ('CreateTrigStmt' in node) {
    const { relation, trigname, replace } = node.CreateTrigStmt;
    return replace === true ? replaced(`${tableName(relation)}.${trigname}`, 'trigger', facts) : [];
  }
  return rowFindings(node, facts) ?? otherFindings(node);
}

function otherFindings(node: Node): readonly Finding[] {
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
  return [
    {
      rule: 'unknown',
      what: `${kind} cannot be read for what it does`,
      instead: 'the statements themselves, in one of the ways of docs/development/migrations.md',
    },
  ];
}

function newTable(statement: CreateStmt, facts: Facts): readonly Finding[] {
  const parent = tablesBelow(statement.inhRelations ?? []).find((table) => !facts.isEmpty(table));
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
  if (facts.isEmpty(table)) return [];
  return [
    {
      rule: 'index',
      what: `nobody can write to ${table} while the index is built`,
      instead: 'an IndexMigration',
      long: true,
    },
  ];
}

function dropped({ removeType = 'OBJECT_TABLE', objects = [], behavior }: DropStmt, facts: Facts): readonly Finding[] {
  return objects.flatMap((object): readonly Finding[] => {
    const name = listedName(object);
    if (removeType === 'OBJECT_INDEX') return droppedIndex(name, facts);
    const what = `the ${removeType.replace('OBJECT_', '').toLowerCase()} ${name}`;
    if (facts.isNew(name)) return removeType === 'OBJECT_TABLE' ? namedInUse(name, what, facts) : [];
    if (facts.isNew(tableOfPart(removeType, name) ?? '')) return [];
    return [...asList(facts.stillUsed({ what, table: name })), ...cascadeFindings(behavior, what)];
  });
}

/** An index belongs to its table: that it is new is no help where the table is in use. */
function droppedIndex(name: string, facts: Facts): readonly Finding[] {
  const maker = facts.makerOf(name);
  if (maker !== undefined && 'IndexStmt' in maker && facts.isNew(tableName(maker.IndexStmt.relation))) return [];
  const what = `nobody can use the table while ${name} is dropped`;
  return [{ rule: 'index', what, instead: 'an IndexMigration with `drop`' }];
}

/** `truncate … cascade` empties every table that refers to one, whoever uses it. */
function emptied(statement: TruncateStmt, facts: Facts): readonly Finding[] {
  return tablesBelow(statement).flatMap((table) => {
    const what = `the rows of ${table}`;
    const used = facts.isNew(table) ? undefined : facts.stillUsed({ what, table });
    return [...asList(used), ...cascadeFindings(statement.behavior, what)];
  });
}

function renamed({ relation, object, renameType, subname }: RenameStmt, facts: Facts): readonly Finding[] {
  const name = tableName(relation) || listedName(object);
  if (facts.isNew(name)) {
    const isNamed = renameType === 'OBJECT_TABLE' || renameType === 'OBJECT_COLUMN';
    return isNamed ? namedInUse(name, `the name ${[name, subname].filter(Boolean).join('.')}`, facts) : [];
  }
  const maker = facts.makerOf(name);
  const isPlainIndex = maker !== undefined && 'IndexStmt' in maker && maker.IndexStmt.unique !== true;
  if (renameType === 'OBJECT_INDEX' && isPlainIndex) return []; // errors are told apart by the names of unique ones
  return [anotherName([name, subname].filter(Boolean).join('.'))];
}

function alteredEnum({ typeName = [], oldVal }: AlterEnumStmt, facts: Facts): readonly Finding[] {
  const name = listedName({ List: { items: typeName } });
  return oldVal === undefined || facts.isNew(name) ? [] : [anotherName(`the value ${oldVal} of ${name}`)];
}

function anotherName(what: string): Finding {
  return {
    rule: 'contract',
    what: `${what} has another name at once, and the release before knows only the old one`,
    instead:
      'add the new beside the old, write both, fill it by a BackfillMigration, read it, and drop the old one a release later',
  };
}

/** Rights without which nothing of a table is read. */
const reading = new Set(['select', 'usage']);

function revoked(statement: GrantStmt, facts: Facts): readonly Finding[] {
  const { is_grant: isGrant, objects = [], privileges = [], behavior } = statement;
  if (isGrant === true) return [];
  const names = privileges.map((node) => ('AccessPriv' in node ? (node.AccessPriv.priv_name ?? '') : ''));
  const isReading = names.length === 0 || names.some((name) => reading.has(name));
  return objects
    .map(listedName)
    .filter((name) => !facts.isNew(name))
    .flatMap((name) => {
      const what = `a right on ${name}`;
      const used = facts.stillUsed(isReading ? { what, table: name } : { what });
      return [...asList(used), ...cascadeFindings(behavior, what)];
    });
}

function replaced(name: string, kind: 'view' | 'trigger', facts: Facts): readonly Finding[] {
  if (facts.makerOf(name) === undefined || facts.isNew(name)) return [];
  return asList(facts.stillUsed({ what: `the ${kind} ${name} as it is`, table: name }));
}

/** A function may get another body. It keeps its rights, and calls of it stay calls of it. */
function newFunction(statement: CreateFunctionStmt, facts: Facts): readonly Finding[] {
  const name = functionName(statement);
  if (facts.isNew(name)) return [];
  const before = facts.makerOf(name);
  if (before !== undefined && 'CreateFunctionStmt' in before) {
    const changed = ['security', 'strict'].filter(
      (option) => isSet(before.CreateFunctionStmt, option) !== isSet(statement, option),
    );
    return changed.map((option) => otherwise(`\`${option}\` of ${name} is another at once`));
  }
  const others = facts.functionsNamed(name.slice(0, name.indexOf('('))).filter((other) => !facts.isNew(other));
  return others.map((other) =>
    otherwise(`a call of ${other} may mean ${name}, or be refused since it may mean either`),
  );
}

function alteredFunction({ func, actions = [] }: AlterFunctionStmt, facts: Facts): readonly Finding[] {
  const name = listedName(func === undefined ? undefined : { ObjectWithArgs: func });
  const isNoticed = actions.some((node) => 'DefElem' in node && !unnoticed.has(node.DefElem.defname ?? ''));
  return facts.isNew(name) || !isNoticed ? [] : [otherwise(`${name} works otherwise at once`)];
}

function isSet({ options = [] }: CreateFunctionStmt, option: string): boolean {
  return options.some((node) => {
    if (!('DefElem' in node) || node.DefElem.defname !== option) return false;
    const { arg } = node.DefElem;
    return arg !== undefined && 'Boolean' in arg && arg.Boolean.boolval === true;
  });
}

function otherwise(what: string): Finding {
  const instead = 'a function of another name, which the next release calls; drop this one a release later';
  return { rule: 'contract', what: `${what}, for the release before as well`, instead };
}
