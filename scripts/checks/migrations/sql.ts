import { type Node, parseSync, type RangeVar, SqlError } from 'libpg-query';

/** One statement of a migration, as Postgres' own parser understands it. */
export interface ParsedStatement {
  /** From 1: which string of the migration it stands in. */
  readonly number: number;
  readonly text: string;
  readonly node: Node;
}

/** A string of a migration that Postgres would not understand. */
export interface Unparsed {
  readonly number: number;
  readonly text: string;
  readonly error: string;
}

/** The statements in one string. `loadModule` of libpg-query has to be done. */
export function parseStatement(text: string, number: number): readonly (ParsedStatement | Unparsed)[] {
  try {
    return (parseSync(text).stmts ?? []).flatMap(({ stmt }) =>
      stmt === undefined ? [] : [{ number, text, node: stmt }],
    );
  } catch (error) {
    if (error instanceof SqlError) return [{ number, text, error: error.message }];
    throw error;
  }
}

/** A node without its wrapping: `{ CreateStmt: { … } }` is of kind `CreateStmt`. */
export function kindOf(node: Node): string {
  return Object.keys(node)[0] ?? '';
}

/** `<schema>.<table>` */
export function tableName(relation: RangeVar | undefined): string {
  return [relation?.schemaname, relation?.relname].filter((part) => part !== undefined).join('.');
}

/** A name that is written as a list of words, as drops and function calls do. */
export function listedName(node: Node | undefined): string {
  return wordsOf(node).join('.');
}

/** The words of a name, of a list of words or of an object with its arguments. */
export function wordsOf(node: Node | undefined): readonly string[] {
  if (node === undefined) return [];
  if ('String' in node) return [node.String.sval ?? ''];
  if ('List' in node) return (node.List.items ?? []).flatMap(wordsOf);
  if ('ObjectWithArgs' in node) return (node.ObjectWithArgs.objname ?? []).flatMap(wordsOf);
  if ('RangeVar' in node) return tableName(node.RangeVar).split('.');
  if ('TypeName' in node) return (node.TypeName.names ?? []).flatMap(wordsOf);
  return [];
}

/** Every node of a kind below a tree, itself included. */
export function nodesOf(tree: unknown, kind: string): readonly object[] {
  if (typeof tree !== 'object' || tree === null) return [];
  if (Array.isArray(tree)) return tree.flatMap((each) => nodesOf(each, kind));
  return Object.entries(tree).flatMap(([key, value]) => {
    const below = nodesOf(value, kind);
    return key === kind && typeof value === 'object' && value !== null ? [value, ...below] : below;
  });
}

/** The tables that a query reads or writes. */
export function tablesBelow(tree: unknown): readonly string[] {
  return nodesOf(tree, 'RangeVar').map((relation) => tableName(relation as RangeVar));
}

/** The names of the functions that an expression calls, without their schema. */
export function functionsBelow(tree: unknown): readonly string[] {
  return nodesOf(tree, 'FuncCall').map(
    (call) => wordsOf({ List: { items: (call as { funcname?: Node[] }).funcname ?? [] } }).at(-1) ?? '',
  );
}
