import { createHash } from 'node:crypto';
import type pg from 'pg';
import { currentRun, recordResource, resourcePrefix, uniqueResourceName } from '#run/ledger.ts';
import { serviceAddress } from '#services/addresses.ts';
import { adminUrlOf, dropDatabase, lazyPool, onServer } from '#services/postgres-server.ts';

// One template at a time on a server: roles belong to the cluster, and two provisioners of one role collide.
const TEMPLATE_LOCK = 7_310_542_118;

export interface TestDatabaseOptions {
  /** Lower case; part of the database's name. */
  name: string;
  /** Creates roles, schemas and tables in the template. It must have closed its connections when it resolves. */
  provision?: (adminUrl: string, databaseName: string) => Promise<void>;
  /** What the template is made from (the SQL of the migrations); different contents get different templates. */
  contents?: readonly string[];
}

export interface TestDatabase {
  readonly name: string;
  /** Connects as the superuser of the test server. */
  readonly adminUrl: string;
  /** Connects as another role; test servers trust every role. */
  urlFor(role: string, password?: string): string;
  /** As another role by way of the pooler, which runs in transaction mode. */
  pooledUrlFor(role: string, password?: string): string;
  /**
   * `DATABASE_URL` of a service that connects as a role, and `DATABASE_DIRECT_URL` where `TEST_POOLER=1` puts the pooler in
   * between.
   */
  variablesFor(role: string, password?: string): { DATABASE_URL: string; DATABASE_DIRECT_URL?: string };
  /**
   * One statement as the superuser, on whichever of a few connections is free: for what a test asserts about stored rows. What
   * a statement sets for its session may meet another one.
   */
  query<T extends pg.QueryResultRow>(sql: string, params?: readonly unknown[]): Promise<T[]>;
  drop(): Promise<void>;
}

/**
 * A database of one test file: cloned from a template that is provisioned once a run, and dropped when the run ends
 * (or earlier by `drop`). @throws Error naming TEST_POSTGRES_URL when it is missing.
 */
export async function testDatabase(options: TestDatabaseOptions): Promise<TestDatabase> {
  const template = await prepareTemplate(options);
  const name = uniqueResourceName(options.name);
  recordResource('database', name);
  await onServer((client) => cloneDatabase(client, template, name));
  const adminUrl = adminUrlOf(name);
  const urlFor = (role: string, password = 'test') => asRole(adminUrl, role, password);
  const pool = lazyPool(adminUrl);
  const pooledUrlFor = (role: string, password = 'test') => throughPooler(urlFor(role, password));
  return {
    name,
    adminUrl,
    urlFor,
    pooledUrlFor,
    variablesFor(role, password) {
      const direct = urlFor(role, password);
      return process.env['TEST_POOLER'] === '1'
        ? { DATABASE_URL: pooledUrlFor(role, password), DATABASE_DIRECT_URL: direct }
        : { DATABASE_URL: direct };
    },
    async query(sql, params = []) {
      return (await pool.query(sql, [...params])).rows;
    },
    drop: () => dropDatabase(name),
  };
}

function asRole(url: string, role: string, password: string): string {
  const changed = new URL(url);
  changed.username = role;
  changed.password = password;
  return changed.href;
}

function throughPooler(url: string): string {
  const [changed, pooler] = [new URL(url), new URL(serviceAddress('TEST_POOLER_URL'))];
  changed.hostname = pooler.hostname;
  changed.port = pooler.port;
  return changed.href;
}

async function cloneDatabase(client: pg.PoolClient, template: string, name: string): Promise<void> {
  const clone = client.escapeIdentifier(name);
  // By way of the log, as Postgres does by itself, it costs three times as much where nothing waits for the disk.
  await client.query(`create database ${clone} template ${client.escapeIdentifier(template)} strategy file_copy`);
  // Who may connect and make temporary tables is said of the database itself, and a template does not pass it on.
  const { rows } = await client.query<{ role: string; privilege: string }>(
    `select case a.grantee when 0 then 'public' else a.grantee::regrole::text end as role, a.privilege_type as privilege
       from pg_database d, aclexplode(d.datacl) a where d.datname = $1`,
    [template],
  );
  if (rows.length > 0) {
    await client.query(`revoke all on database ${clone} from public`);
  }
  for (const { role, privilege } of rows) {
    await client.query(`grant ${privilege} on database ${clone} to ${role}`);
  }
}

async function prepareTemplate({ name, provision, contents = [] }: TestDatabaseOptions): Promise<string> {
  const hash = createHash('sha256').update(JSON.stringify(contents)).digest('hex').slice(0, 8);
  const template = `${resourcePrefix(currentRun())}${name}_template_${hash}`;
  await onServer(async (client) => {
    const { rowCount } = await client.query('select 1 from pg_database where datname = $1', [template]);
    if (rowCount !== 0) return;
    await client.query('select pg_advisory_lock($1)', [TEMPLATE_LOCK]);
    try {
      const { rowCount: madeMeanwhile } = await client.query('select 1 from pg_database where datname = $1', [
        template,
      ]);
      if (madeMeanwhile === 0) await makeTemplate(client, template, provision);
    } finally {
      await client.query('select pg_advisory_unlock($1)', [TEMPLATE_LOCK]);
    }
  });
  return template;
}

/**
 * The database that every template begins as, instead of an empty one: `TEST_DATABASE_TEMPLATE`. It holds schemas that another release
 * has migrated, so that what is provisioned finds its migrations done.
 */
export function beginning(): string | undefined {
  return process.env['TEST_DATABASE_TEMPLATE'] || undefined;
}

async function makeTemplate(
  client: pg.PoolClient,
  template: string,
  provision: TestDatabaseOptions['provision'],
): Promise<void> {
  const draft = `${template}_draft`; // renamed when complete, so a failed provisioning is never cloned
  recordResource('database', draft);
  recordResource('database', template);
  await client.query(`drop database if exists ${client.escapeIdentifier(draft)} with (force)`);
  const begun = beginning();
  await client.query(
    `create database ${client.escapeIdentifier(draft)} template ${client.escapeIdentifier(begun ?? 'template1')}`,
  );
  await provision?.(adminUrlOf(draft), draft);
  await client.query('select pg_terminate_backend(pid) from pg_stat_activity where datname = $1', [draft]);
  await client.query(`alter database ${client.escapeIdentifier(draft)} rename to ${client.escapeIdentifier(template)}`);
}
