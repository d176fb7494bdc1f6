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
  return Math.round(best);
}

async function countEntries(): Promise<number> {
  const { rows } = await pool.query<{ entries: number }>(
    'select sum(position)::float8 as entries from admin.ledger_heads',
  );
  return rows[0]?.entries ?? 0;
}

/** Fills the queue while nobody reads it, and drains it through one process, its start included. */
async function appendRate(): Promise<number> {
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
  const startedAt = performance.now();
  await service.start();
  await until(async () => (await countEntries()) >= before + messages, { deadlineMs: 60_000 });
  const seconds = (performance.now() - startedAt) / 1000;
  await service.stop();
  return messages / seconds;
}

test('1,500 entries a second go from the queue into the ledger, and are signed meanwhile', async () => {
  await app.service.stop();
  expect(await bestOf(2, appendRate)).toBeGreaterThanOrEqual(1500);
  const { rows } = await pool.query<{ checkpoints: number }>(
    'select count(*)::float8 as checkpoints from admin.ledger_checkpoints',
  );
  expect(rows[0]?.checkpoints).toBeGreaterThan(1);
});

test('40,000 entries are verified in a second of processor time, which other work on the machine does not change', async () => {
  const query = async (sql: string, params: readonly unknown[]) => (await pool.query(sql, [...params])).rows;
  const keys = app.ctx.checkpointing.trustedKeys;
  const file = openCheckpointFile(app.env['CHECKPOINT_DIR'] ?? '', keys);
  const checkpoints = { table: createCheckpointTable(query), file };
  await pool.query('analyze admin.ledger_entries');
  const rate = await bestOf(3, async () => {
    const before = process.cpuUsage();
    const report = await verifyLedger({ entries: createEntrySource(query), checkpoints, keys });
    const { user, system } = process.cpuUsage(before);
    expect(report).toMatchObject({ ok: true, entries: 2 * messages });
    return (report.entries / (user + system)) * 1_000_000;
  });
  expect(rate).toBeGreaterThanOrEqual(40_000);
});
