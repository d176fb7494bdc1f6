import type { Node } from 'libpg-query';
import { nodesOf, tableName, tablesBelow } from '#checks/migrations/sql.ts';

/** A function or a trigger with what it needs to be run. */
interface Runnable {
  readonly name: string;
  /** By the table of a trigger, or by the name of a function, without the schema. */
  readonly by: string;
  readonly isInUse: boolean;
  /** Every word that stands in it, in small letters. */
  readonly words: ReadonlySet<string>;
}

/**
 * A function that names a table and is run by a trigger on a table in use, itself or by way of other functions and tables; undefined
 * when there is none. The body is not understood: a table is named where its name stands.
 */
export function functionNaming(
  table: string,
  made: Iterable<readonly [string, Node]>,
  isNew: (table: string) => boolean,
): string | undefined {
  let waiting = [...made].flatMap(([name, node]) => runnable(name, node, isNew) ?? []);
  const named = new Set<string>();
  for (;;) {
    const reached = waiting.filter(({ by, isInUse }) => isInUse || named.has(by));
    if (reached.length === 0) return undefined;
    const naming = reached.find(({ words }) => words.has(lastWord(table)));
    if (naming !== undefined) return naming.name;
    waiting = waiting.filter((each) => !reached.includes(each));
    for (const { words } of reached) for (const word of words) named.add(word);
  }
}

function runnable(name: string, node: Node, isNew: (table: string) => boolean): Runnable | undefined {
  if ('CreateTrigStmt' in node) {
    const { relation, funcname = [], args = [] } = node.CreateTrigStmt;
    const table = tableName(relation);
    return { name, by: lastWord(table), isInUse: !isNew(table), words: wordsIn([funcname, args]) };
  }
  if ('CreateFunctionStmt' in node) {
    const { options, sql_body: body } = node.CreateFunctionStmt;
    const by = lastWord(name.slice(0, name.indexOf('(')));
    return { name, by, isInUse: false, words: new Set([...wordsIn(options), ...tablesBelow(body).map(lastWord)]) };
  }
  return undefined;
}

function wordsIn(tree: unknown): ReadonlySet<string> {
  const texts = nodesOf(tree, 'String').map((node) => (node as { sval?: string }).sval ?? '');
  return new Set(texts.flatMap((text) => text.toLowerCase().match(/\w+/g) ?? []));
}

function lastWord(name: string): string {
  return name.slice(name.lastIndexOf('.') + 1).toLowerCase();
}
