import { globSync, mkdirSync, writeFileSync } from 'node:fs';
import { basename, join, relative } from 'node:path';
import { StackError } from '#stack/host/stack-error.ts';
import type { AppName } from '#stack/settings/apps.ts';
import { repositoryFolder } from '#stack/settings/repository.ts';

/**
 * Writes a new migration of an app, or of a part of it which has a folder `migrations` of its own, holding the statements given, and
 * gives its path from the root of the checkout. It runs when it is listed there. @throws StackError for a name that is not kebab-case
 */
export function createMigration(
  app: AppName,
  { name, part = '.' }: { readonly name: string; readonly part?: string },
  statements: readonly string[],
  now = new Date(),
): string {
  if (!/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(name)) {
    throw new StackError(`"${name}" is not a name in kebab-case`);
  }
  const ofApp = join(repositoryFolder, 'apps', app);
  const present = globSync('{.,src/**}/migrations/*.ts', { cwd: ofApp }).map((path) => basename(path));
  const folder = join(ofApp, part, 'migrations');
  mkdirSync(folder, { recursive: true });
  const file = join(folder, `${migrationNumber(present, now)}-${name}.ts`);
  writeFileSync(file, migrationSource(name, statements), { flag: 'wx' });
  return relative(repositoryFolder, file);
}

/** The source of a migration; its class has the migration's name. */
export function migrationSource(name: string, statements: readonly string[]): string {
  const className = name.replace(/(^|-)(\w)/g, (_match, _dash, letter: string) => letter.toUpperCase());
  const lines = statements.map((statement) => `      \`${statement.replaceAll(/[`\\]|\$\{/g, '\\$&')}\`,\n`).join('');
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
 * others. In which order they run is said by `migrations/index.ts` alone.
 */
export function migrationNumber(names: readonly string[], now: Date): string {
  const numbers = names.flatMap((name) => /^\d{12}(?=-)/.exec(name) ?? []).map(Number);
  const minute = Number(now.toISOString().replaceAll(/[-:T]/g, '').slice(0, 12));
  return String(Math.max(minute, ...numbers.map((number) => number + 1)));
}
