import type { NamedMigration } from '@bank/database';

/**
 * The migrations of all kinds of factors among those of the app, each behind the last of an older name: what a release has run stays
 * where it stood, and what is new comes last, wherever it lies. @throws Error for a name that two have
 */
export function inOrder(
  ofApp: readonly NamedMigration[],
  ofKinds: readonly NamedMigration[],
): readonly NamedMigration[] {
  const all = [...ofApp];
  for (const migration of ofKinds) {
    if (all.some(({ name }) => name === migration.name)) throw new Error(`two migrations are called ${migration.name}`);
    all.splice(all.findLastIndex(({ name }) => name < migration.name) + 1, 0, migration);
  }
  return all;
}
