import { readFileSync } from 'node:fs';
import {
  createCheckpointTable,
  createEntrySource,
  describeReport,
  type LedgerReport,
  openCheckpointFile,
  type RunQuery,
  readTrustedKeys,
  verifyLedger,
} from '@bank/ledger';
import pg from 'pg';
import { readCommandLine } from '#ops/command-line.ts';
import { StackError } from '#stack/host/stack-error.ts';
import { secretsFolder } from '#stack/run/prepare.ts';
import { checkpointKeyFiles, checkpointsFolder } from '#stack/secrets/checkpoint-keys.ts';
import { type OwnerAddress, readOwnerAddress } from '#stack/settings/owner-addresses.ts';
import { defaultStackFolder } from '#stack/settings/repository.ts';

/** Without options it is the ledger of the development stack; the address may also come as OWNER_DATABASE_URL. */
const usage =
  'usage: pnpm ops audit verify [--database-url <url> [--database-ca-file <pem>]] [--checkpoints <folder>] [--keys <JWK set>] [--json]';

// Enough to keep two cores busy, here and in Postgres.
const connectionsMax = 4;

/** For one page of the ledger, which takes milliseconds, or for a connection: a server that is silent for longer is away. The whole may take hours. */
const answerMaxMs = 60_000;

/**
 * Verifies the whole ledger against its checkpoints, in the table and in the folder outside of the database, and prints
 * what it found. Gives whether all is well. @throws StackError for options that do not fit together, Error when the database does not
 * answer within a minute
 */
export async function verifyAudit(args: readonly string[]): Promise<boolean> {
  const options = readOptions(args);
  const address = addressOf(options);
  const folder = options.checkpoints ?? checkpointsFolder(defaultStackFolder, databaseOf(address));
  const keys = readKeys(options.keys ?? checkpointKeyFiles(secretsFolder(defaultStackFolder)).trustedKeysFile);
  const report = await withQuery(address, (query) =>
    verifyLedger({
      entries: createEntrySource(query),
      checkpoints: { table: createCheckpointTable(query), file: openCheckpointFile(folder, keys) },
      keys,
    }),
  );
  process.stdout.write(options.json ? `${JSON.stringify(report, null, 2)}\n` : textOf(report));
  return report.ok;
}

function readOptions(args: readonly string[]) {
  const options = {
    'database-url': { type: 'string' },
    'database-ca-file': { type: 'string' },
    checkpoints: { type: 'string' },
    keys: { type: 'string' },
    json: { type: 'boolean' },
  } as const;
  return readCommandLine(args, { options }, usage).values;
}

function addressOf(options: ReturnType<typeof readOptions>): OwnerAddress {
  const { 'database-url': url, 'database-ca-file': caFile } = options;
  if (url === undefined) {
    return readOwnerAddress('admin', secretsFolder(defaultStackFolder), process.env);
  }
  if (!URL.canParse(url)) {
    throw new StackError('--database-url must be postgres://user:password@host:port/database');
  }
  return caFile === undefined ? { url } : { url, caFile };
}

function databaseOf({ url }: OwnerAddress): string {
  return decodeURIComponent(new URL(url).pathname.slice(1));
}

function readKeys(file: string) {
  try {
    return readTrustedKeys(readFileSync(file, 'utf8'));
  } catch (error) {
    throw new StackError(`${file}: ${error instanceof Error ? error.message : 'cannot be read'}`);
  }
}

async function withQuery<T>({ url, caFile }: OwnerAddress, work: (query: RunQuery) => Promise<T>): Promise<T> {
  const pool = new pg.Pool({
    connectionString: url,
    max: connectionsMax,
    connectionTimeoutMillis: answerMaxMs,
    query_timeout: answerMaxMs,
    allowExitOnIdle: true, // a server that was cut off never ends the connections that are idle
    ...(caFile !== undefined && { ssl: { ca: readFileSync(caFile) } }),
  });
  pool.on('error', () => undefined); // an idle connection broke: the next statement opens another, or tells of it
  try {
    return await work(async (sql, params) => (await pool.query(sql, [...params])).rows);
  } finally {
    await pool.end();
  }
}

function textOf(report: LedgerReport): string {
  return `${describeReport(report).join('\n')}\n`;
}
