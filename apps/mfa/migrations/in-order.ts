import type { NamedMigration } from '@bank/database';

/**
 * The migrations of all kinds of factors among those of the app, each before the first of a newer name, else last: what is new comes last,
 * wherever it lies, and what a release has run stays where it stood, by whatever name the app appends another. @throws Error for a name
 * that two have
 */
export function inOrder(
  ofApp: readonly NamedMigration[],
  ofKinds: readonly NamedMigration[],
): readonly NamedMigration[] {
  const all = [...ofApp];
  for (const migration of ofKinds) {
    if (all.some(({ name }) => name === migration.name)) throw new Error(`two migrations are called ${migration.name}`);
    const newer = all.findIndex(({ name }) => name > migration.name);
    all.splice(newer < 0 ? all.length : newer, 0, migration);
  }
  return all;
}
