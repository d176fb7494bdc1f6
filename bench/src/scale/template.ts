import type { Stack } from '@bank/scripts/stack';
import type pg from 'pg';
import { asAdministrator, databaseNameOf, type StackDatabase } from '#scale/administrator.ts';
import { type DataSet, templateName, templatePrefix } from '#scale/data-set.ts';

interface Surroundings {
  readonly stack: StackDatabase & Pick<Stack, 'makeDatabase'> & { readonly apps: Readonly<Record<string, unknown>> };
  report(line: string): void;
}

/**
 * The database that holds a data set, to be copied: made once for these statements and migrations, and found again as long as the
 * Postgres is kept. It gets its name when it is whole, so that a build that was interrupted is done again.
 */
export async function ensureTemplate({ stack, report }: Surroundings, data: DataSet): Promise<string> {
  const template = templateName(data, await migrationsOf(stack));
  const known = await asAdministrator(stack, (client) => databasesLike(client, templatePrefix(data.name)));
  if (known.includes(template)) return template;
  report(`building the data set ${data.name}: once, it is copied afterwards`);
  const startedAt = performance.now();
  await asAdministrator(stack, (client) => dropAll(client, known)); // older ones, and what an interrupted build left
  const building = `${template}_b`;
  await stack.makeDatabase(building);
  await asAdministrator(stack, (client) => fill(client, data), building);
  const bytes = await asAdministrator(stack, async (client) => {
    await client.query(`alter database ${building} rename to ${template}`);
    const { rows } = await client.query<{ bytes: number }>('select pg_database_size($1)::float8 as bytes', [template]);
    return rows[0]?.bytes ?? 0;
  });
  const seconds = (performance.now() - startedAt) / 1000;
  report(`built ${data.name} in ${seconds.toFixed(0)} s: ${(bytes / 1024 / 1024).toFixed(0)} MiB`);
  return template;
}

async function fill(client: pg.Client, { statements }: DataSet): Promise<void> {
  await client.query("set maintenance_work_mem = '256MB'");
  await client.query('set synchronous_commit = off');
  for (const statement of statements) await client.query(statement);
  await client.query('vacuum (freeze, analyze)');
  await client.query('checkpoint');
}

/** Names of databases are made of letters, digits and underscores here. */
async function dropAll(client: pg.Client, names: readonly string[]): Promise<void> {
  for (const name of names) await client.query(`drop database ${name} with (force)`);
}

async function databasesLike(client: pg.Client, prefix: string): Promise<string[]> {
  const sql = 'select datname as name from pg_database where starts_with(datname, $1)';
  return (await client.query<{ name: string }>(sql, [prefix])).rows.map(({ name }) => name);
}

/** What made the tables, by the names that the apps keep of it. */
function migrationsOf(stack: Surroundings['stack']): Promise<string[]> {
  return asAdministrator(
    stack,
    async (client) => {
      const names: string[] = [];
      for (const app of Object.keys(stack.apps)) {
        const { rows } = await client.query<{ name: string }>(`select name from ${app}.migrations order by name`);
        names.push(...rows.map(({ name }) => `${app} ${name}`));
      }
      return names;
    },
    databaseNameOf(stack),
  );
}
