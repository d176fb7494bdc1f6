import { createHash, randomBytes } from 'node:crypto';
import { publishEvents } from '@bank/composition/testing';
import { uuidv7 } from '@bank/domain';
import { createCheckpointTable, createEntrySource, openCheckpointFile, verifyLedger } from '@bank/ledger';
import { until } from '@bank/testing';
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { loadConfig } from '#config.ts';
import { createService } from '#service.ts';
import { adminApp } from './admin-app.ts';
import { auditMessage, entryMessage } from './entries.ts';

const app = adminApp();
const messages = 6000;
let pool: pg.Pool;

beforeAll(() => {
  pool = new pg.Pool({ connectionString: app.database.adminUrl, max: 4 });
});

afterAll(() => pool.end());

/** The best of some measurements: other work on the machine only ever makes them smaller. */
async function bestOf(times: number, measure: () => Promise<number>): Promise<number> {
  let best = 0;
  for (let time = 0; time < times; time += 1) best = Math.max(best, await measure());
  return best;
}

/** What an entry costs at least: SHA-256 of as many bytes, in the processor time of this machine. Entries a second. */
function hashRate(count: number): number {
  const bytes = randomBytes(512);
  const before = process.cpuUsage();
  for (let entry = 0; entry < count; entry += 1) createHash('sha256').update(bytes).digest();
  const { user, system } = process.cpuUsage(before);
  return (count / (user + system)) * 1_000_000;
}

async function countEntries(): Promise<number> {
  const { rows } = await pool.query<{ entries: number }>(
    'select sum(position)::float8 as entries from admin.ledger_heads',
  );
  return rows[0]?.entries ?? 0;
}

async function countCheckpoints(): Promise<number> {
  const { rows } = await pool.query<{ checkpoints: number }>(
    'select count(*)::float8 as checkpoints from admin.ledger_checkpoints',
  );
  return rows[0]?.checkpoints ?? 0;
}

/** Fills the queue while nobody reads it, and drains it through one process. */
async function appendAll(): Promise<void> {
  const before = await countEntries();
  const subjects = Array.from({ length: messages / 4 }, () => uuidv7());
  for (let sent = 0; sent < messages; sent += subjects.length) {
    await publishEvents(
      app,
      'device',
      subjects.map((subject) => auditMessage(entryMessage(subject))),
    );
  }
  const service = await createService(loadConfig(app.env), { verifier: app.issuer.verifier });
  await service.start();
  await until(async () => (await countEntries()) >= before + messages, { deadlineMs: 200_000 });
  // A thousand entries make one due, which is looked at twice a second: a fast machine has them all before the second look.
  await until(async () => (await countCheckpoints()) > 1, { deadlineMs: 5000 });
  await service.stop();
}

// How many a second is measured against a limit: `pnpm bench --case events`.
test(`${messages} entries go from the queue into the ledger, and are signed meanwhile`, {
  timeout: 240_000,
}, async () => {
  await app.service.stop();
  await appendAll();
  expect(await countCheckpoints()).toBeGreaterThan(1);
});

test('entries are verified in no more processor time than ten bare hashes of them', {
  timeout: 120_000,
}, async () => {
  const query = async (sql: string, params: readonly unknown[]) => (await pool.query(sql, [...params])).rows;
  const keys = app.ctx.checkpointing.trustedKeys;
  const file = openCheckpointFile(app.env['CHECKPOINT_DIR'] ?? '', keys);
  const checkpoints = { table: createCheckpointTable(query), file };
  await pool.query('analyze admin.ledger_entries');
  const rate = await bestOf(4, async () => {
    const before = process.cpuUsage();
    const report = await verifyLedger({ entries: createEntrySource(query), checkpoints, keys });
    const { user, system } = process.cpuUsage(before);
    expect(report).toMatchObject({ ok: true, entries: messages });
    return (report.entries / (user + system)) * 1_000_000;
  });
  const limit = await bestOf(4, async () => hashRate(20 * messages));
  expect(limit / rate).toBeLessThan(10);
});
