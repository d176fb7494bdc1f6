import type { AlterTableCmd, AlterTableStmt, ColumnDef, Constraint, Node } from 'libpg-query';
import { asList, cascadeFindings, type Facts, type Finding, namedInUse } from '#checks/migrations/findings.ts';
import {
  constraintFindings,
  isReplaced,
  leftOut,
  notNull,
  unknownCommand,
} from '#checks/migrations/rules/constraints.ts';
import { functionsBelow, isNull, nodesOf, tableName, tablesBelow, wordsOf } from '#checks/migrations/sql.ts';

/** They change nothing but what is written down about a table, and break no release. */
const harmless = new Set([
  'AT_DropNotNull',
  'AT_ResetOptions',
  'AT_SetCompression',
  'AT_SetOptions',
  'AT_SetStatistics',
  'AT_SetStorage',
]);

/** Options of how a table is stored and kept in order. */
const storageOption = /^(fillfactor|toast_tuple_target|parallel_workers|vacuum_\w+|(log_)?autovacuum_(?!enabled$)\w+)$/;

/** Functions that give every row of a statement the same value, so that Postgres keeps it once for all rows there are. */
const sameForAll = new Set([
  'now',
  'statement_timestamp',
  'transaction_timestamp',
  'current_setting',
  'decode',
  'repeat',
]);

const expand =
  'add a new column that may be null, write both, fill it by a BackfillMigration, read it, and drop the old one a release later';

/**
 * What `alter table` does to a table that is in use, alone or as a part of a new one. Of a table that only an earlier migration has made
 * no release misses anything, but whoever fills it waits, and fails where that is a trigger that finds less than it names or more than it
 * gives.
 */
export function alterTableFindings(statement: AlterTableStmt, facts: Facts): readonly Finding[] {
  const name = tableName(statement.relation);
  const maker = facts.makerOf(name);
  const table = maker !== undefined && 'IndexStmt' in maker ? tableName(maker.IndexStmt.relation) : name;
  const commands = (statement.cmds ?? []).flatMap((node) => ('AlterTableCmd' in node ? [node.AlterTableCmd] : []));
  const ofParts = facts.isNew(table) ? commands.flatMap((command) => partFindings(command, facts)) : [];
  if (facts.isEmpty(table)) return ofParts;
  const added = commands.flatMap((command) => constraintOf(command) ?? []);
  const gone = new Set(commands.flatMap(({ subtype, name = '' }) => (subtype === 'AT_DropConstraint' ? [name] : [])));
  const findings = commands.flatMap((command) =>
    isReplaced(table, command, added, facts) ? [] : commandFindings(table, command, gone, facts),
  );
  if (!facts.isNew(table)) return findings;
  const lost = commands.flatMap(({ subtype, name = '' }) =>
    subtype === 'AT_DropColumn' ? namedInUse(table, `the column ${table}.${name}`, facts) : [],
  );
  const holding = findings.filter(({ rule, long }) => long === true || rule === 'not-null');
  return [...ofParts, ...holding, ...lost];
}

/** A table with rows becomes no part of a new one, and is not locked while what has been copied to that one is checked. */
function partFindings(command: AlterTableCmd, facts: Facts): readonly Finding[] {
  const { subtype = 'AT_Nothing', def } = command;
  const keys = (nodesOf({ def }, 'Constraint') as readonly Constraint[]).filter(({ pktable }) => pktable !== undefined);
  const isKey = def !== undefined && ('Constraint' in def || 'ColumnDef' in def);
  const tables = isKey
    ? keys.flatMap(({ pktable, skip_validation: unchecked }) => (unchecked === true ? [] : [tableName(pktable)]))
    : tablesBelow(def);
  return tables
    .filter((table) => !facts.isEmpty(table))
    .map((table) => (isKey ? checkedAgainst(table) : unknownCommand(table, subtype)));
}

function checkedAgainst(table: string): Finding {
  return {
    rule: 'validate',
    what: `nobody can write to ${table} while what refers to it is checked, which may have been copied by then`,
    instead: 'the foreign key in `create table`, or as `not valid`, with a ValidationMigration after this one',
    long: true,
  };
}

function commandFindings(
  table: string,
  command: AlterTableCmd,
  gone: ReadonlySet<string>,
  facts: Facts,
): readonly Finding[] {
  const { subtype = 'AT_Nothing', name = '', def, behavior } = command;
  const column = `${table}.${name}`;
  switch (subtype) {
    case 'AT_AddColumn':
      return def !== undefined && 'ColumnDef' in def ? newColumn(table, def.ColumnDef, facts) : [];
    case 'AT_AddConstraint':
      return constraintFindings(table, constraintOf(command) ?? {}, gone, facts);
    case 'AT_ColumnDefault':
      return newDefault(column, def, facts);
    case 'AT_AlterColumnType':
      return [anotherType(column, facts.isNew(table))];
    case 'AT_SetNotNull':
      return [...leftOut(table, [name], facts), ...(facts.isNotNull(table, name, gone) ? [] : [notNull(column)])];
    case 'AT_DropColumn': {
      const what = `the column ${column}`;
      return [...asList(facts.stillUsed({ what, table, column: name })), ...cascadeFindings(behavior, what)];
    }
    case 'AT_DropConstraint': {
      const what = `the constraint ${name} of ${table}`;
      return [...asList(facts.stillUsed({ what })), ...cascadeFindings(behavior, what)];
    }
    case 'AT_SetRelOptions':
    case 'AT_ResetRelOptions':
      return optionsOf(command).every((option) => storageOption.test(option)) ? [] : [unknownCommand(table, subtype)];
    case 'AT_ValidateConstraint':
      return [validated(table, name)];
    default:
      return harmless.has(subtype) ? [] : [unknownCommand(table, subtype)];
  }
}

/** The release before writes with the new default, and with the rights of its own role. */
function newDefault(column: string, value: Node | undefined, facts: Facts): readonly Finding[] {
  if (isNull(value)) return asList(facts.stillUsed({ what: `the default of ${column}` }));
  const unread = functionsBelow(value).filter((called) => called.includes('.') || called === 'nextval');
  return unread.map((called) => ({
    rule: 'unknown',
    what: `the release before calls ${called} for ${column}, and may lack the right or find something else than a value`,
    instead: 'a value that the code of the next release gives',
  }));
}

function optionsOf({ def }: AlterTableCmd): readonly string[] {
  return nodesOf(def, 'DefElem').map((option) => (option as { defname?: string }).defname ?? '');
}

function constraintOf({ def }: AlterTableCmd): Constraint | undefined {
  return def !== undefined && 'Constraint' in def ? def.Constraint : undefined;
}

function newColumn(table: string, definition: ColumnDef, facts: Facts): readonly Finding[] {
  const { colname = '', typeName, constraints = [] } = definition;
  const column = `${table}.${colname}`;
  const own = constraints.flatMap((node) => ('Constraint' in node ? [node.Constraint] : []));
  const fallback = own.find(({ contype }) => contype === 'CONSTR_DEFAULT')?.raw_expr;
  const computed = own.some(({ contype }) => contype === 'CONSTR_IDENTITY' || contype === 'CONSTR_GENERATED');
  const type = (typeName?.names ?? []).flatMap(wordsOf).join('.');
  const maker = facts.makerOf(type);
  const findings: Finding[] = [];
  if (maker !== undefined && 'CreateDomainStmt' in maker) findings.push(checkedByDomain(table, column, type));
  if (computed || type.endsWith('serial') || functionsBelow(fallback).some((called) => !sameForAll.has(called))) {
    findings.push(valueForEach(table, column));
  }
  if (isNull(fallback) && !computed && own.some(({ contype }) => contype === 'CONSTR_NOTNULL')) {
    const what = `${column} is not null and has no default: rows that are there have no value, and the release before gives none to its own`;
    findings.push({ rule: 'not-null', what, instead: 'let it be null, or give it a constant default' });
  }
  const rules = own.filter(({ contype = '' }) => /CHECK|FOREIGN|UNIQUE|PRIMARY|EXCLUSION/.test(contype));
  const checked = rules.flatMap((rule) =>
    constraintFindings(table, { ...rule, skip_validation: false }, new Set(), facts),
  );
  return [...findings, ...checked];
}

function valueForEach(table: string, column: string): Finding {
  return {
    rule: 'rewrite',
    what: `every row of ${table} gets a value of its own for ${column}, so the whole table is written anew`,
    instead:
      'add it without a default, set the default for new rows by a second statement, and fill the others by a BackfillMigration',
    long: true,
  };
}

function checkedByDomain(table: string, column: string, type: string): Finding {
  return {
    rule: 'rewrite',
    what: `${type} is a domain, whose checks are held against ${column} of every row while ${table} is written anew`,
    instead: 'a column of the type below the domain, with a constraint that is `not valid` at first',
    long: true,
  };
}

function anotherType(column: string, isUnknown: boolean): Finding {
  return {
    rule: 'rewrite',
    what: `another type for ${column} writes the whole table anew${isUnknown ? '' : ' and breaks the release before'}`,
    instead: expand,
    long: true,
  };
}

function validated(table: string, constraint: string): Finding {
  return {
    rule: 'validate',
    what: `validating ${constraint} reads all of ${table} in a transaction that does other things`,
    instead: 'a ValidationMigration of its own, after this one',
    long: true,
  };
}
