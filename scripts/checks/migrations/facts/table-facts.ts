import type { AlterTableStmt, ColumnDef, Constraint, ConstrType, CreateStmt, Node, RenameStmt } from 'libpg-query';
import type { TableFacts } from '#checks/migrations/findings.ts';
import { columnsBelow, listedName, tableName, wordsOf } from '#checks/migrations/sql.ts';

/** A constraint or a unique index. */
interface Rule {
  readonly kind: ConstrType;
  /** What is unique by it or, where it is a check, not null by it. */
  readonly columns: readonly string[];
  /** Whether it holds for every row. */
  readonly isValid: boolean;
  readonly expression?: Node;
}

interface Table {
  readonly notNull: Set<string>;
  /** Columns that no release has, by their name with their default. */
  readonly added: Map<string, Node | undefined>;
  readonly rules: Map<string, Rule>;
}

/** What the statements so far say of the columns of tables, read one after another in the order in which they run. */
export function tableFacts(): TableFacts & { note(node: Node, released: boolean): void } {
  const tables = new Map<string, Table>();
  return {
    isNotNull(table, column, without) {
      const { notNull = new Set(), rules = new Map<string, Rule>() } = tables.get(table) ?? {};
      const isProven = ([name, { kind, columns, isValid }]: readonly [string, Rule]) =>
        kind === 'CONSTR_CHECK' && isValid && columns.includes(column) && !without.has(name);
      return notNull.has(column) || [...rules].some(isProven);
    },
    unknownColumn(table, column) {
      const { added = new Map<string, Node | undefined>() } = tables.get(table) ?? {};
      return added.has(column) ? { fallback: added.get(column) } : undefined;
    },
    isKey: (table, columns) =>
      [...(tables.get(table)?.rules.values() ?? [])].some(
        (rule) =>
          isUnique(rule.kind) && rule.columns.length > 0 && rule.columns.every((name) => columns.includes(name)),
      ),
    constraintOf: (table, name) => tables.get(table)?.rules.get(name),
    note: (node, released) => note(tables, node, released),
  };
}

function note(tables: Map<string, Table>, node: Node, released: boolean): void {
  if ('CreateStmt' in node) create(tables, node.CreateStmt);
  if ('AlterTableStmt' in node) alter(tables, node.AlterTableStmt, released);
  if ('RenameStmt' in node) rename(tables, node.RenameStmt);
  if ('IndexStmt' in node && node.IndexStmt.unique === true) {
    const { relation, idxname = '' } = node.IndexStmt;
    const table = tables.get(tableName(relation));
    table?.rules.set(idxname, { kind: 'CONSTR_UNIQUE', columns: indexColumns(node) ?? [], isValid: true });
  }
  if ('DropStmt' in node) {
    for (const name of (node.DropStmt.objects ?? []).map(listedName)) {
      if (node.DropStmt.removeType === 'OBJECT_TABLE') tables.delete(name);
      if (node.DropStmt.removeType === 'OBJECT_INDEX') ruleOwner(tables, name)?.rules.delete(lastWord(name));
    }
  }
}

/** The columns of an index that holds for all rows; undefined where it is partial or of an expression. */
export function indexColumns(node: Node | undefined): readonly string[] | undefined {
  if (node === undefined || !('IndexStmt' in node) || node.IndexStmt.whereClause !== undefined) return undefined;
  const names = (node.IndexStmt.indexParams ?? []).map((each) =>
    'IndexElem' in each ? each.IndexElem.name : undefined,
  );
  return names.every((name) => name !== undefined) ? names : undefined;
}

function create(tables: Map<string, Table>, { relation, tableElts = [], if_not_exists: ifMissing }: CreateStmt): void {
  const name = tableName(relation);
  if (ifMissing === true && tables.has(name)) return;
  const table: Table = { notNull: new Set(), added: new Map(), rules: new Map() };
  tables.set(name, table);
  for (const node of tableElts) {
    if ('ColumnDef' in node) addColumn(name, table, node.ColumnDef);
    if ('Constraint' in node) addConstraint(name, table, node.Constraint);
  }
}

function alter(tables: Map<string, Table>, { relation, cmds = [] }: AlterTableStmt, released: boolean): void {
  const name = tableName(relation);
  const table = tables.get(name);
  if (table === undefined) return;
  const commands = cmds.flatMap((node) => ('AlterTableCmd' in node ? [node.AlterTableCmd] : []));
  for (const { subtype, name: part = '' } of commands) {
    if (subtype === 'AT_DropConstraint') table.rules.delete(part);
    if (subtype === 'AT_DropNotNull') table.notNull.delete(part);
    if (subtype === 'AT_DropColumn') dropColumn(table, part);
  }
  for (const { subtype, name: part = '', def } of commands) {
    const rule = table.rules.get(part);
    if (subtype === 'AT_SetNotNull') table.notNull.add(part);
    if (subtype === 'AT_ValidateConstraint' && rule !== undefined) table.rules.set(part, { ...rule, isValid: true });
    if (subtype === 'AT_ColumnDefault' && table.added.has(part)) table.added.set(part, def);
    if (def !== undefined && 'ColumnDef' in def && subtype === 'AT_AddColumn') {
      addColumn(name, table, def.ColumnDef);
      if (!released) noteAdded(table, def.ColumnDef);
    }
    if (def !== undefined && 'Constraint' in def) addConstraint(name, table, def.Constraint);
  }
}

function rename(tables: Map<string, Table>, { renameType, relation, subname = '', newname = '' }: RenameStmt): void {
  const name = tableName(relation);
  const table = renameType === 'OBJECT_INDEX' ? ruleOwner(tables, name) : tables.get(name);
  if (table === undefined) return;
  if (renameType === 'OBJECT_TABLE') {
    tables.delete(name);
    tables.set(tableName({ ...relation, relname: newname }), table);
  } else if (renameType === 'OBJECT_COLUMN') {
    dropColumn(table, subname); // nothing is known of the new name, which is the careful way
    dropColumn(table, newname);
  } else {
    table.rules.delete(renameType === 'OBJECT_INDEX' ? lastWord(name) : subname);
  }
}

function addColumn(name: string, table: Table, { colname = '', constraints = [] }: ColumnDef): void {
  for (const node of constraints) if ('Constraint' in node) addConstraint(name, table, node.Constraint, colname);
}

function addConstraint(name: string, table: Table, constraint: Constraint, column?: string): void {
  const {
    contype: kind,
    conname,
    keys = [],
    indexname,
    raw_expr: expression,
    skip_validation: isUnchecked,
  } = constraint;
  if (kind === undefined) return;
  const index = indexname === undefined ? undefined : table.rules.get(indexname);
  const named = keys.length > 0 ? keys.flatMap(wordsOf) : (index?.columns ?? (column === undefined ? [] : [column]));
  if (indexname !== undefined) table.rules.delete(indexname); // it has the name of the constraint from now on
  if (kind === 'CONSTR_PRIMARY' || kind === 'CONSTR_NOTNULL') for (const each of named) table.notNull.add(each);
  const ruleName = conname ?? (kind === 'CONSTR_PRIMARY' ? `${lastWord(name)}_pkey` : undefined);
  if (ruleName === undefined) return;
  const columns = isUnique(kind) ? named : notNullBy(expression);
  table.rules.set(ruleName, { kind, columns, isValid: isUnchecked !== true, ...(expression && { expression }) });
}

function dropColumn(table: Table, column: string): void {
  table.notNull.delete(column);
  table.added.delete(column);
  for (const [name, { columns }] of table.rules) if (columns.includes(column)) table.rules.delete(name);
}

function ruleOwner(tables: ReadonlyMap<string, Table>, index: string): Table | undefined {
  const schema = index.slice(0, -lastWord(index).length);
  return [...tables].find(([name, { rules }]) => name.startsWith(schema) && rules.has(lastWord(index)))?.[1];
}

function isUnique(kind: ConstrType): boolean {
  return kind === 'CONSTR_UNIQUE' || kind === 'CONSTR_PRIMARY';
}

/** A column that gives itself a value of its own for each row is no column that a release has to know. */
function noteAdded(table: Table, { colname = '', constraints = [] }: ColumnDef): void {
  const own = constraints.flatMap((node) => ('Constraint' in node ? [node.Constraint] : []));
  if (own.some(({ contype }) => contype === 'CONSTR_IDENTITY' || contype === 'CONSTR_GENERATED')) return;
  table.added.set(colname, own.find(({ contype }) => contype === 'CONSTR_DEFAULT')?.raw_expr);
}

/** The column of a check that says nothing but that it is not null. */
export function notNullBy(expression: Node | undefined): readonly string[] {
  if (expression === undefined || !('NullTest' in expression)) return [];
  const { nulltesttype, arg } = expression.NullTest;
  return nulltesttype === 'IS_NOT_NULL' && arg !== undefined && 'ColumnRef' in arg ? columnsBelow(arg) : [];
}

function lastWord(name: string): string {
  return name.split('.').at(-1) ?? '';
}
