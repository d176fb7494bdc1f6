import { existsSync, globSync, mkdirSync, writeFileSync } from 'node:fs';
import { basename, join, relative } from 'node:path';
import { StackError } from '#stack/host/stack-error.ts';
import { withKeysOfNewTables } from '#stack/provisioning/new-tables.ts';
import type { AppName } from '#stack/settings/apps.ts';
import { repositoryFolder } from '#stack/settings/repository.ts';

/** Where a migration goes: an app, or a part of it with migrations of its own, as a folder of the app that has an `index.ts`. */
export interface NewMigration {
  /** In kebab-case. */
  readonly name: string;
  readonly part?: string;
}

/**
 * Writes a new migration that holds the statements given, and gives its path from the root of the checkout. It runs when it is
 * listed (`listingOf`). @throws StackError for a name that is not kebab-case, and for a part without `index.ts`
 */
export function createMigration(
  app: AppName,
  { name, part }: NewMigration,
  statements: readonly string[],
  now = new Date(),
): string {
  if (!/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(name)) {
    throw new StackError(`"${name}" is not a name in kebab-case`);
  }
  const ofApp = join(repositoryFolder, 'apps', app);
  if (part !== undefined && !existsSync(join(ofApp, part, 'index.ts'))) {
    const index = join('apps', app, part, 'index.ts');
    throw new StackError(`there is no ${index}, which would list the migrations of that part of ${app}`);
  }
  const present = globSync('{.,src/**}/migrations/*.ts', { cwd: ofApp }).map((path) => basename(path));
  const folder = join(ofApp, part ?? '.', 'migrations');
  mkdirSync(folder, { recursive: true });
  const file = join(folder, `${migrationNumber(present, now)}-${name}.ts`);
  writeFileSync(file, migrationSource(name, statements), { flag: 'wx' });
  return relative(repositoryFolder, file);
}

/** What makes a new migration of an app, or of a part of it, one that runs: where it is listed. */
export function listingOf(app: AppName, { part }: Pick<NewMigration, 'part'>): string {
  if (part === undefined) return `list it last in apps/${app}/migrations/index.ts`;
  return `list it in \`migrations\`, which ${join('apps', app, part, 'index.ts')} exports, and run "pnpm codegen"`;
}

/** The source of a migration; its class has the migration's name. */
export function migrationSource(name: string, statements: readonly string[]): string {
  const className = name.replace(/(^|-)(\w)/g, (_match, _dash, letter: string) => letter.toUpperCase());
  const lines = withKeysOfNewTables(statements)
    .map((statement) => `      \`${statement.replaceAll(/[`\\]|\$\{/g, '\\$&')}\`,\n`)
    .join('');
  return `import { SqlMigration } from '@bank/database';

export class ${className} extends SqlMigration {
  override statements(): readonly string[] {
    return [
${lines}    ];
  }
}
`;
}

/**
 * Year to minute, in UTC, or the next number after the highest of the app where that is no lower: a new name sorts behind all
 * others. Those of the app run in the order of `migrations/index.ts`, and those of its parts among them by their names.
 */
export function migrationNumber(names: readonly string[], now: Date): string {
  const numbers = names.flatMap((name) => /^\d{12}(?=-)/.exec(name) ?? []).map(Number);
  const minute = Number(now.toISOString().replaceAll(/[-:T]/g, '').slice(0, 12));
  return String(Math.max(minute, ...numbers.map((number) => number + 1)));
}
