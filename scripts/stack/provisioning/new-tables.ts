const name = '"[^"]+"(?:\\."[^"]+")?';
const newTable = new RegExp(`^create table (${name}) \\(`);
const foreignKey = new RegExp(
  `^alter table (${name}) add (constraint .+ foreign key .+ references (${name}) .+)$`,
  's',
);

/**
 * The statements by which tables become as their entities are, with the foreign keys of new tables in their `create table`: added to a
 * table, a key is held against all its rows, while nobody can write to what it refers to. One between two new tables stays as it is.
 */
export function withKeysOfNewTables(statements: readonly string[]): readonly string[] {
  const made = new Set(statements.flatMap((statement) => newTable.exec(statement)?.[1] ?? []));
  const keys = new Map<string, string[]>();
  const others = statements.filter((statement) => {
    const [, table = '', key = '', referred = ''] = foreignKey.exec(statement) ?? [];
    if (!made.has(table) || made.has(referred)) return true;
    keys.set(table, [...(keys.get(table) ?? []), key]);
    return false;
  });
  return others.map((statement) => {
    const own = keys.get(newTable.exec(statement)?.[1] ?? '') ?? [];
    return own.reduce((text, key) => text.replace(/\)$/, () => `, ${key})`), statement);
  });
}
