import { writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { generateCheckpointKeys } from '@bank/ledger';
import { temporaryFolder, testDatabase } from '@bank/testing';
import pg from 'pg';
import { afterEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { ops } from '#test/ops-command.ts';

const folder = temporaryFolder('ops-audit-verify');
const keys = join(folder, 'keys.json');
writeFileSync(keys, generateCheckpointKeys().trustedKeys);

afterEach(() => vi.useRealTimers());

/** The command, with a minute going by whenever nothing else happens. */
async function verifyForMinutes(databaseUrl: string) {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  const begun = performance.now();
  const verifying = ops(['audit', 'verify', '--database-url', databaseUrl, '--checkpoints', folder, '--keys', keys]);
  const ended = verifying.then(() => true);
  const wait = () => new Promise<false>((resolve) => setImmediate(() => resolve(false)));
  while (!(await Promise.race([ended, wait()]))) {
    if (performance.now() - begun > 20_000) throw new Error('it goes on and on');
    if (performance.now() - begun > 500) await vi.advanceTimersByTimeAsync(60_000);
  }
  return await verifying;
}

describe('SR-87 pnpm ops audit verify ends with 2', () => {
  it('where nobody answers', async () => {
    const server = createServer(() => undefined).listen(0, '127.0.0.1');
    onTestFinished(() => void server.close());
    await new Promise((resolve) => server.once('listening', resolve));
    const { port } = server.address() as { port: number };
    const { status, stderr } = await verifyForMinutes(`postgres://owner:secret@127.0.0.1:${port}/bank`);
    expect([status, stderr]).toEqual([2, expect.stringContaining('timeout')]);
  });

  it('where a page of the ledger does not come', async () => {
    const database = await testDatabase({
      name: 'ops_audit_verify',
      async provision(adminUrl) {
        const admin = new pg.Client(adminUrl);
        await admin.connect();
        await admin.query('create schema admin');
        await admin.query(
          'create table admin.ledger_checkpoints (number bigint, jws text, manifest bytea, signed_at timestamptz)',
        );
        await admin.end();
      },
    });
    onTestFinished(() => database.drop());
    const blocker = new pg.Client(database.adminUrl);
    await blocker.connect();
    onTestFinished(() => blocker.end());
    await blocker.query('begin');
    await blocker.query('lock table admin.ledger_checkpoints');
    const { status, stderr } = await verifyForMinutes(database.adminUrl);
    expect([status, stderr]).toEqual([2, expect.stringContaining('timeout')]);
  });
});
