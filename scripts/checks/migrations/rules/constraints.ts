import type { AlterTableCmd, Constraint, Node } from 'libpg-query';
import { indexColumns, notNullBy } from '#checks/migrations/facts/table-facts.ts';
import { asList, type Facts, type Finding } from '#checks/migrations/findings.ts';
import { isNull, tableName, wordsOf } from '#checks/migrations/sql.ts';

/**
 * A check or a foreign key goes when another of its kind takes its name in the same statement. What is unique is not only
 * what may be written, but what `on conflict` refers to.
 */
export function isReplaced(table: string, command: AlterTableCmd, added: readonly Constraint[], facts: Facts): boolean {
  if (command.subtype !== 'AT_DropConstraint' || command.behavior === 'DROP_CASCADE') return false;
  const kind = facts.constraintOf(table, command.name ?? '')?.kind;
  if (kind !== 'CONSTR_CHECK' && kind !== 'CONSTR_FOREIGN') return false;
  return added.some(({ conname, contype }) => conname === command.name && contype === kind);
}

/**
 * What a constraint does to a table in use and to the release before; `gone` are the constraints that the same statement drops.
 */
export function constraintFindings(
  table: string,
  constraint: Constraint,
  gone: ReadonlySet<string>,
  facts: Facts,
): readonly Finding[] {
  const { contype, conname = 'a constraint', skip_validation: unchecked, indexname } = constraint;
  if (contype === 'CONSTR_CHECK' || contype === 'CONSTR_FOREIGN') {
    if (unchecked === true) return newRowFindings(table, constraint, facts);
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

/** What a constraint that holds for new rows asks of the release before, which does not know it. */
function newRowFindings(table: string, constraint: Constraint, facts: Facts): readonly Finding[] {
  const { conname = '', pktable, fk_attrs: columns = [], raw_expr: expression } = constraint;
  const referred = tableName(pktable);
  if (pktable !== undefined && facts.isNew(referred)) {
    const known = columns.flatMap(wordsOf).filter((column) => !isLeftOut(table, column, facts));
    return known.map((column) => unknownRows(`${table}.${column}`, referred));
  }
  const before = valuesOf(facts.constraintOf(table, conname)?.expression);
  const after = valuesOf(expression);
  const gone = before.filter((value) => after.length > 0 && !after.includes(value));
  return [
    ...leftOut(table, notNullBy(expression), facts),
    ...gone.flatMap((value) => asList(facts.stillUsed({ what: `the value ${value} of ${conname}` }))),
  ];
}

/** The words of `column in ('a', 'b')`; none of another check, which cannot be read for what it lets through. */
function valuesOf(check: Node | undefined): readonly string[] {
  if (check === undefined || !('A_Expr' in check) || check.A_Expr.kind !== 'AEXPR_IN') return [];
  const { rexpr } = check.A_Expr;
  const items = rexpr !== undefined && 'List' in rexpr ? (rexpr.List.items ?? []) : [];
  return items.flatMap((item) => ('A_Const' in item ? (item.A_Const.sval?.sval ?? []) : []));
}

function unknownRows(column: string, referred: string): Finding {
  return {
    rule: 'contract',
    what: `the release before writes ${column} and does not know that ${referred} has to have such a row`,
    instead: 'a new column for the reference, or this once a release that writes both has been made',
  };
}

/** The release before leaves a column out that nothing gives a value, and so does a trigger of its tables that writes to a new one. */
export function leftOut(table: string, columns: readonly string[], facts: Facts): readonly Finding[] {
  if (facts.isNew(table) && facts.namedInUse(table) === undefined) return [];
  return columns
    .filter((column) => isLeftOut(table, column, facts))
    .map((column) => ({
      rule: 'not-null',
      what: `the release before does not know ${table}.${column}, so that it cannot write a row from now on`,
      instead: 'a default for the column first, or this once a release that fills it has been made',
    }));
}

function isLeftOut(table: string, column: string, facts: Facts): boolean {
  const unknown = facts.unknownColumn(table, column);
  return unknown !== undefined && isNull(unknown.fallback);
}

/** A column is made NOT NULL, and nothing says yet that it has no nulls. */
export function notNull(column: string): Finding {
  return {
    rule: 'not-null',
    what: `every row is read for nulls in ${column} while nobody else can use the table`,
    instead: `first \`add constraint … check (${column.split('.').at(-1)} is not null) not valid\` and, in a ValidationMigration after it, validate it; then this reads nothing`,
    long: true,
  };
}

/** A part of `alter table` that no rule knows. */
export function unknownCommand(table: string, subtype: string): Finding {
  return {
    rule: 'unknown',
    what: `${subtype} on ${table}, which is in use: it is not known to be harmless`,
    instead:
      'one of the ways of docs/development/migrations.md, or a rule in scripts/checks/migrations that says why it is',
  };
}
