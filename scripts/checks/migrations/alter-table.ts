import type { AlterTableCmd, AlterTableStmt, ColumnDef, Constraint } from 'libpg-query';
import { asList, cascadeFindings, type Facts, type Finding } from '#checks/migrations/findings.ts';
import { functionsBelow, isNull, nodesOf, tableName, tablesBelow, wordsOf } from '#checks/migrations/sql.ts';
import { indexColumns, notNullBy } from '#checks/migrations/table-facts.ts';

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

/** What `alter table` does to a table that is in use, alone or as a part of a new one. */
export function alterTableFindings(statement: AlterTableStmt, facts: Facts): readonly Finding[] {
  const table = tableName(statement.relation);
  const commands = (statement.cmds ?? []).flatMap((node) => ('AlterTableCmd' in node ? [node.AlterTableCmd] : []));
  if (facts.isNew(table)) return commands.flatMap((command) => partFindings(command, facts));
  const added = commands.flatMap((command) => constraintOf(command) ?? []);
  const gone = new Set(commands.flatMap(({ subtype, name = '' }) => (subtype === 'AT_DropConstraint' ? [name] : [])));
  return commands.flatMap((command) =>
    isReplaced(table, command, added, facts) ? [] : commandFindings(table, command, gone, facts),
  );
}

/** A table in use becomes no part of a new one: its rows are read, and it is locked as that one is. */
function partFindings(command: AlterTableCmd, facts: Facts): readonly Finding[] {
  const { subtype = 'AT_Nothing', def } = command;
  if (def !== undefined && ('Constraint' in def || 'ColumnDef' in def)) return []; // a foreign key may refer to it
  return tablesBelow(def)
    .filter((table) => !facts.isNew(table))
    .map((table) => unknownCommand(table, subtype));
}

/**
 * A check or a foreign key goes when another of its kind takes its name in the same statement. What is unique is not only
 * what may be written, but what `on conflict` refers to.
 */
function isReplaced(table: string, command: AlterTableCmd, added: readonly Constraint[], facts: Facts): boolean {
  if (command.subtype !== 'AT_DropConstraint' || command.behavior === 'DROP_CASCADE') return false;
  const kind = facts.constraintKind(table, command.name ?? '');
  if (kind !== 'CONSTR_CHECK' && kind !== 'CONSTR_FOREIGN') return false;
  return added.some(({ conname, contype }) => conname === command.name && contype === kind);
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
      return isNull(def) ? asList(facts.stillUsed({ what: `the default of ${column}` })) : [];
    case 'AT_AlterColumnType':
      return [anotherType(column)];
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

function constraintFindings(
  table: string,
  constraint: Constraint,
  gone: ReadonlySet<string>,
  facts: Facts,
): readonly Finding[] {
  const { contype, conname = 'a constraint', skip_validation: unchecked, indexname } = constraint;
  if (contype === 'CONSTR_CHECK' || contype === 'CONSTR_FOREIGN') {
    if (unchecked === true) return leftOut(table, notNullBy(constraint.raw_expr), facts);
    const what = `${conname} is held against every row of ${table} while nobody else can use it`;
    const instead = '`add constraint … not valid`, and a ValidationMigration after this one';
    return [{ rule: 'validate', what, instead, long: true }];
  }
  if ((contype === 'CONSTR_UNIQUE' || contype === 'CONSTR_PRIMARY') && indexname !== undefined) {
    return indexConstraintFindings(table, constraint, gone, facts);
  }
  if (contype === 'CONSTR_UNIQUE' || contype === 'CONSTR_PRIMARY') {
    const instead =
      'an IndexMigration with `unique: true` before this one, and here `add constraint … unique using index …`';
    return [
      {
        rule: 'index',
        what: `${conname} builds its index over ${table} while nobody else can use it`,
        instead,
        long: true,
      },
    ];
  }
  return [unknownCommand(table, contype ?? 'a constraint')];
}

/**
 * The index takes the name of the constraint, and a primary key makes its columns NOT NULL, which reads the table where nothing
 * says yet that they are.
 */
function indexConstraintFindings(
  table: string,
  { contype, conname, indexname = '' }: Constraint,
  gone: ReadonlySet<string>,
  facts: Facts,
): readonly Finding[] {
  const index = `${table.split('.').slice(0, -1).join('.')}.${indexname}`;
  const maker = facts.makerOf(index);
  const findings: Finding[] = [];
  if (conname !== undefined && conname !== indexname && maker !== undefined && !facts.isNew(index)) {
    const what = `${index} has another name at once, and the release before tells errors apart by the old one`;
    findings.push({ rule: 'contract', what, instead: 'a constraint of the name of its index' });
  }
  if (contype !== 'CONSTR_PRIMARY') return findings;
  const columns = indexColumns(maker);
  if (columns === undefined) {
    return [...findings, unknownCommand(table, `a primary key by ${indexname}, whose columns are not known,`)];
  }
  const nullable = columns.filter((name) => !facts.isNotNull(table, name, gone));
  return [...findings, ...nullable.map((name) => notNull(`${table}.${name}`))];
}

function leftOut(table: string, columns: readonly string[], facts: Facts): readonly Finding[] {
  return columns
    .filter((column) => facts.isLeftOut(table, column))
    .map((column) => ({
      rule: 'not-null',
      what: `the release before does not know ${table}.${column}, so that it cannot write a row from now on`,
      instead: 'a default for the column first, or this once a release that fills it has been made',
    }));
}

function anotherType(column: string): Finding {
  return {
    rule: 'rewrite',
    what: `another type for ${column} writes the whole table anew and breaks the release before`,
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

function notNull(column: string): Finding {
  return {
    rule: 'not-null',
    what: `every row is read for nulls in ${column} while nobody else can use the table`,
    instead: `first \`add constraint … check (${column.split('.').at(-1)} is not null) not valid\` and, in a ValidationMigration after it, validate it; then this reads nothing`,
    long: true,
  };
}

function unknownCommand(table: string, subtype: string): Finding {
  return {
    rule: 'unknown',
    what: `${subtype} on ${table}, which is in use: it is not known to be harmless`,
    instead:
      'one of the ways of docs/development/migrations.md, or a rule in scripts/checks/migrations that says why it is',
  };
}
