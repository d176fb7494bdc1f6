import { globSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type MigrationPlan, type NamedMigration, planOf } from '@bank/database';
import type { PlacedFinding } from '#checks/migrations/findings.ts';
import { lintMigrations } from '#checks/migrations/lint.ts';
import type { Problem } from '#checks/problem.ts';
import { lastRelease } from '#contracts/releases.ts';
import { appNames } from '#stack/settings/apps.ts';

const TEXT_MAX = 70;

/** A migration that is not released yet hurts nobody: neither who uses its tables meanwhile, nor the release that still runs. */
export async function checkMigrations(root: string): Promise<readonly Problem[]> {
  const release = await lastRelease(root);
  const found: Problem[] = [];
  for (const app of appNames) {
    const { plans, problems } = await plansOf(root, app);
    const findings = await lintMigrations(app, plans, release);
    found.push(...problems, ...findings.map((finding) => problemOf(root, app, finding)));
  }
  return found;
}

/** What the migrations of an app are going to do, as `migrations/index.ts` lists them. */
export async function plansOf(
  root: string,
  app: string,
): Promise<{ readonly plans: readonly MigrationPlan[]; readonly problems: readonly Problem[] }> {
  const index = pathToFileURL(join(root, 'apps', app, 'migrations/index.ts')).href;
  const { migrations }: { migrations: readonly NamedMigration[] } = await import(index);
  const plans: MigrationPlan[] = [];
  const problems: Problem[] = [];
  for (const migration of migrations) {
    try {
      plans.push(planOf(migration));
    } catch (error) {
      const message = `[session] ${error instanceof Error ? error.message : String(error)}. Write instead: a class that extends SqlMigration`;
      problems.push({ file: fileOf(root, app, migration.name), message });
    }
  }
  return { plans, problems };
}

function problemOf(
  root: string,
  app: string,
  { migration, statement, text, rule, what, instead }: PlacedFinding,
): Problem {
  const words = (text ?? '').replaceAll(/\s+/g, ' ').trim();
  const beginning = words.length > TEXT_MAX ? `${words.slice(0, TEXT_MAX)}…` : words;
  const where = statement === undefined ? '' : ` statement ${statement} \`${beginning}\`:`;
  return { file: fileOf(root, app, migration), message: `[${rule}]${where} ${what}. Write instead: ${instead}` };
}

function fileOf(root: string, app: string, migration: string): string {
  const [file] = globSync(`apps/${app}/{.,src/**}/migrations/${migration}.ts`, { cwd: root });
  return file ?? `apps/${app}/migrations/index.ts`;
}
