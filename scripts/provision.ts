// Fills Postgres, the broker, or both with what the apps need, and ends: `node scripts/provision.ts <folder of passwords> [--migrate]`,
// with the administrators' addresses in the environment. For stores that somebody else runs: nothing is taken away.

import { parseArgs } from 'node:util';
import { describeFailure, StackError } from '#stack/host/stack-error.ts';
import { provisionGiven } from '#stack/run/provision-given.ts';
import { readSettings } from '#stack/settings/settings.ts';

const usage = `usage: node scripts/provision.ts <folder of passwords> [--migrate]
  POSTGRES_URL, and RABBITMQ_URL with RABBITMQ_MANAGEMENT_URL, say where: what has no address is left alone`;

try {
  await provision(process.argv.slice(2));
} catch (error) {
  process.stderr.write(`error: ${describeFailure(error)}\n`);
  process.exitCode = 1;
}

async function provision(args: readonly string[]): Promise<void> {
  const { folder, migrate } = readArguments(args);
  const { given } = readSettings(process.env);
  if (given.postgres === undefined && given.rabbitmq === undefined) throw new StackError(usage);
  const report = (line: string) => process.stdout.write(`${line}\n`);
  await provisionGiven(given, { name: 'bank', folder, migrate, report });
}

function readArguments(args: readonly string[]): { readonly folder: string; readonly migrate: boolean } {
  const options = { migrate: { type: 'boolean', default: false } } as const;
  try {
    const { positionals, values } = parseArgs({ args: [...args], options, allowPositionals: true });
    const [folder, ...others] = positionals;
    if (folder !== undefined && others.length === 0) return { folder, migrate: values.migrate };
  } catch {
    // an option that there is not
  }
  throw new StackError(usage);
}
