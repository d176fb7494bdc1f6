import { existsSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { StackError } from '#stack/host/stack-error.ts';
import type { AppName } from '#stack/settings/apps.ts';
import { repositoryFolder } from '#stack/settings/repository.ts';

/**
 * Writes a new migration of an app, holding the statements given, and gives its path from the root of the checkout. It runs
 * when it is listed in the app's `migrations/index.ts`. @throws StackError for a name that is not kebab-case
 */
export function createMigration(app: AppName, name: string, statements: readonly string[], now = new Date()): string {
  if (!/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(name)) {
    throw new StackError(`"${name}" is not a name in kebab-case`);
  }
  const file = join(repositoryFolder, 'apps', app, 'migrations', `${timestamp(now)}-${name}.ts`);
  if (existsSync(file)) {
    throw new StackError(`${file} exists`);
  }
  writeFileSync(file, migrationSource(name, statements));
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

/** Year to minute, in UTC: names sort in the order in which they were made. */
function timestamp(now: Date): string {
  return now.toISOString().replaceAll(/[-:T]/g, '').slice(0, 12);
}
