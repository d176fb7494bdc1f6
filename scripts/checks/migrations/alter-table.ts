import type { AlterTableCmd, AlterTableStmt, ColumnDef, Constraint } from 'libpg-query';
import type { Facts, Finding } from '#checks/migrations/findings.ts';
import { functionsBelow, tableName, wordsOf } from '#checks/migrations/sql.ts';

/** They change nothing but what is written down about a table, and break no release. */
const harmless = new Set([
  'AT_DropNotNull',
  'AT_ResetOptions',
  'AT_ResetRelOptions',
  'AT_SetCompression',
  'AT_SetOptions',
  'AT_SetRelOptions',
  'AT_SetStatistics',
  'AT_SetStorage',
]);

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

/** What `alter table` does to a table that is in use. */
export function alterTableFindings(statement: AlterTableStmt, facts: Facts, isValidation: boolean): readonly Finding[] {
  const table = tableName(statement.relation);
  if (facts.isNew(table)) return [];
  const commands = (statement.cmds ?? []).flatMap((node) => ('AlterTableCmd' in node ? [node.AlterTableCmd] : []));
  const added = new Set(commands.map((command) => constraintOf(command)?.conname));
  return commands.flatMap((command) => {
    if (command.subtype === 'AT_DropConstraint' && added.has(command.name)) return []; // replaced by another of its name
    if (command.subtype === 'AT_ValidateConstraint' && isValidation) return [];
    return commandFindings(table, command, facts);
  });
}

function commandFindings(table: string, command: AlterTableCmd, facts: Facts): readonly Finding[] {
  const { subtype = 'AT_Nothing', name = '' } = command;
  const column = `${table}.${name}`;
  switch (subtype) {
    case 'AT_AddColumn':
      return command.def !== undefined && 'ColumnDef' in command.def ? newColumn(table, command.def.ColumnDef) : [];
    case 'AT_AddConstraint':
      return constraintFindings(table, constraintOf(command) ?? {});
    case 'AT_ColumnDefault':
      return command.def === undefined ? asked(facts, { what: `the default of ${column}` }) : [];
    case 'AT_AlterColumnType':
      return [
        {
          rule: 'rewrite',
          what: `another type for ${column} writes the whole table anew and breaks the release before`,
          instead: expand,
          long: true,
        },
      ];
    case 'AT_SetNotNull':
      return facts.isProven(table, name) ? [] : [notNull(column)];
    case 'AT_DropColumn':
      return asked(facts, { what: `the column ${column}`, table, column: name });
    case 'AT_DropConstraint':
      return asked(facts, { what: `the constraint ${name} of ${table}` });
    case 'AT_ValidateConstraint':
      return [
        {
          rule: 'validate',
          what: `validating ${name} reads all of ${table} in a transaction that does other things`,
          instead: 'a ValidationMigration of its own, after this one',
          long: true,
        },
      ];
    default:
      return harmless.has(subtype) ? [] : [unknownCommand(table, subtype)];
  }
}

function constraintOf({ def }: AlterTableCmd): Constraint | undefined {
  return def !== undefined && 'Constraint' in def ? def.Constraint : undefined;
}

function asked(facts: Facts, thing: Parameters<Facts['stillUsed']>[0]): readonly Finding[] {
  const finding = facts.stillUsed(thing);
  return finding === undefined ? [] : [finding];
}

function newColumn(table: string, { colname = '', typeName, constraints = [] }: ColumnDef): readonly Finding[] {
  const column = `${table}.${colname}`;
  const own = constraints.flatMap((node) => ('Constraint' in node ? [node.Constraint] : []));
  const fallback = own.find(({ contype }) => contype === 'CONSTR_DEFAULT')?.raw_expr;
  const findings: Finding[] = [];
  const type = (typeName?.names ?? []).flatMap(wordsOf).at(-1) ?? '';
  const computed = own.some(({ contype }) => contype === 'CONSTR_IDENTITY' || contype === 'CONSTR_GENERATED');
  if (computed || type.endsWith('serial') || functionsBelow(fallback).some((called) => !sameForAll.has(called))) {
    const instead =
      'add it without a default, set the default for new rows by a second statement, and fill the others by a BackfillMigration';
    findings.push({
      rule: 'rewrite',
      what: `every row of ${table} gets a value of its own for ${column}, so the whole table is written anew`,
      instead,
      long: true,
    });
  }
  if (fallback === undefined && !computed && own.some(({ contype }) => contype === 'CONSTR_NOTNULL')) {
    const what = `${column} is not null and has no default: rows that are there have no value, and the release before gives none to its own`;
    findings.push({ rule: 'not-null', what, instead: 'let it be null, or give it a constant default' });
  }
  const rules = own.filter(({ contype = '' }) => /CHECK|FOREIGN|UNIQUE|PRIMARY|EXCLUSION/.test(contype));
  return [
    ...findings,
    ...rules.flatMap((constraint) => constraintFindings(table, { ...constraint, skip_validation: false })),
  ];
}

function constraintFindings(table: string, constraint: Constraint): readonly Finding[] {
  const { contype, conname = 'a constraint', skip_validation: unchecked, indexname } = constraint;
  if (contype === 'CONSTR_CHECK' || contype === 'CONSTR_FOREIGN') {
    if (unchecked === true) return [];
    const what = `${conname} is held against every row of ${table} while nobody else can use it`;
    return [
      {
        rule: 'validate',
        what,
        instead: '`add constraint … not valid`, and a ValidationMigration after this one',
        long: true,
      },
    ];
  }
  if ((contype === 'CONSTR_UNIQUE' || contype === 'CONSTR_PRIMARY') && indexname !== undefined) return [];
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
