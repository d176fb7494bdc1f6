import {
  type A_Expr,
  type ColumnRef,
  type CreateFunctionStmt,
  type DropStmt,
  type FuncCall,
  type Node,
  parseSync,
  type RangeVar,
  SqlError,
} from 'libpg-query';

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

/**
 * A name as drops, rights and function calls write it, with its schema; the name of a function has the types of its arguments,
 * `auth.f(text,int4[])`, or `auth.f(*)` where they are left out.
 */
export function listedName(node: Node | undefined): string {
  const name = wordsOf(node).join('.');
  if (node === undefined || !('ObjectWithArgs' in node)) return name;
  const { objargs = [], args_unspecified: isOpen } = node.ObjectWithArgs;
  return isOpen === true ? `${name}(*)` : `${name}(${objargs.map(typeOf).join(',')})`;
}

/** The name of a function that is made, as `listedName` writes it: what only goes out is no argument. */
export function functionName({ funcname = [], parameters = [] }: CreateFunctionStmt): string {
  const types = parameters.flatMap((node) => {
    if (!('FunctionParameter' in node)) return [];
    const { argType, mode } = node.FunctionParameter;
    return argType === undefined || mode === 'FUNC_PARAM_OUT' || mode === 'FUNC_PARAM_TABLE' ? [] : [argType];
  });
  return `${funcname.flatMap(wordsOf).join('.')}(${types.map((type) => typeOf({ TypeName: type })).join(',')})`;
}

/** The table of a trigger, a policy or a rule that is dropped, which stands before its name; undefined for other things. */
export function tableOfPart(kind: DropStmt['removeType'], name: string): string | undefined {
  const isPart = kind === 'OBJECT_TRIGGER' || kind === 'OBJECT_POLICY' || kind === 'OBJECT_RULE';
  return isPart ? name.split('.').slice(0, -1).join('.') : undefined;
}

/** `int4`, `auth.mood`, `text[]`: what stands in `pg_catalog` is written without it, since the parser adds it to some names only. */
function typeOf(node: Node): string {
  const isArray = 'TypeName' in node && node.TypeName.arrayBounds !== undefined;
  return `${withoutCatalog(wordsOf(node))}${isArray ? '[]' : ''}`;
}

function withoutCatalog(words: readonly string[]): string {
  return words.join('.').replace(/^pg_catalog\./, '');
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
  return objectsBelow(tree).flatMap((each) => {
    const node = each[kind];
    return typeof node === 'object' && node !== null ? [node] : [];
  });
}

/** The tables that a tree names, be it to read or to write; not the queries that it names itself by `with`. */
export function tablesBelow(tree: unknown): readonly string[] {
  const objects = objectsBelow(tree);
  const queries = new Set(objects.map(({ ctename }) => ctename));
  return objects.flatMap((each) => {
    const { relname, schemaname } = each as RangeVar; // of a node with a field of its own it bears no name of its kind
    if (relname === undefined || (schemaname === undefined && queries.has(relname))) return [];
    return [tableName(each as RangeVar)];
  });
}

/** The functions that an expression calls, with their schema unless it is `pg_catalog`, and the operators of other schemas. */
export function functionsBelow(tree: unknown): readonly string[] {
  const nameOf = (names: readonly Node[] = []) => withoutCatalog(names.flatMap(wordsOf));
  const functions = nodesOf(tree, 'FuncCall').map((call) => nameOf((call as FuncCall).funcname));
  const operators = nodesOf(tree, 'A_Expr').map((expression) => nameOf((expression as A_Expr).name));
  return [...functions, ...operators.filter((name) => /^\w+\./.test(name))];
}

/** The names of the columns that an expression reads, without their table. */
export function columnsBelow(tree: unknown): readonly string[] {
  return referencesBelow(tree).map((words) => words.at(-1) ?? '');
}

/** The tables, or other names of them, that an expression says to read its columns from. */
export function qualifiersBelow(tree: unknown): readonly string[] {
  return referencesBelow(tree).flatMap((words) => words.at(-2) ?? []);
}

function referencesBelow(tree: unknown): readonly (readonly string[])[] {
  return nodesOf(tree, 'ColumnRef').map((column) => ((column as ColumnRef).fields ?? []).flatMap(wordsOf));
}

/** No value, or one that says so: `null`, `null::text`. */
export function isNull(value: Node | undefined): boolean {
  if (value === undefined) return true;
  if ('TypeCast' in value) return isNull(value.TypeCast.arg);
  return 'A_Const' in value && value.A_Const.isnull === true;
}

/** A value that calls nothing: the same whenever it is asked for. */
export function isConstant(value: Node | undefined): boolean {
  return functionsBelow(value).length === 0 && nodesOf(value, 'SQLValueFunction').length === 0;
}

function objectsBelow(tree: unknown): readonly Readonly<Record<string, unknown>>[] {
  if (typeof tree !== 'object' || tree === null) return [];
  if (Array.isArray(tree)) return tree.flatMap(objectsBelow);
  return [tree as Record<string, unknown>, ...Object.values(tree).flatMap(objectsBelow)];
}
