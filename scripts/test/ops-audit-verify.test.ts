import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { generateCheckpointKeys } from '@bank/ledger';
import { temporaryFolder, testDatabase } from '@bank/testing';
import pg from 'pg';
import { afterEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { ops, opsProcess } from '#test/ops-command.ts';

const folder = temporaryFolder('ops-audit-verify');
const keys = join(folder, 'keys.json');
writeFileSync(keys, generateCheckpointKeys().trustedKeys);

afterEach(() => vi.useRealTimers());

const verify = (databaseUrl: string) =>
  ['audit', 'verify', '--database-url', databaseUrl, '--checkpoints', folder, '--keys', keys] as const;

/** The command, with minutes going by once it waits for an answer. */
async function verifyForMinutes(databaseUrl: string, isWaiting: () => Promise<boolean> | boolean) {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  const verifying = ops(verify(databaseUrl));
  const ended = verifying.then(() => true);
  const turn = () => new Promise<false>((resolve) => setImmediate(() => resolve(false)));
  let doesWait = false;
  while (!(await Promise.race([ended, turn()]))) {
    doesWait ||= await isWaiting();
    if (doesWait) await vi.advanceTimersByTimeAsync(60_000);
  }
  return await verifying;
}

async function listening(onConnection: (socket: Socket) => void): Promise<string> {
  const sockets: Socket[] = [];
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    sockets.push(socket);
    socket.on('error', () => undefined);
    onConnection(socket);
  }).listen(0, '127.0.0.1');
  onTestFinished(() => {
    server.close();
    for (const socket of sockets) socket.destroy();
  });
  await once(server, 'listening');
  return `postgres://owner:secret@127.0.0.1:${(server.address() as AddressInfo).port}/bank`;
}

describe('SR-87 pnpm ops audit verify ends with 2', () => {
  it('where nobody answers', async () => {
    let isConnected = false;
    const url = await listening(() => {
      isConnected = true;
    });
    const { status, stderr } = await verifyForMinutes(url, () => isConnected);
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
    const isWaiting = async () =>
      (
        await blocker.query(
          "select from pg_locks where relation = 'admin.ledger_checkpoints'::regclass and not granted",
        )
      ).rowCount === 1;
    const { status, stderr } = await verifyForMinutes(database.adminUrl, isWaiting);
    expect([status, stderr]).toEqual([2, expect.stringContaining('Query read timeout')]);
  });
});

/** A message of PostgreSQL's protocol (version 3.0, "Message Formats"), as Latin-1. */
function message(type: string, body: string): string {
  const length = Buffer.alloc(4);
  length.writeInt32BE(4 + body.length);
  return type + length.toString('latin1') + body;
}

const ready = message('Z', 'I');
const noRows = message('C', 'SELECT 0\0') + ready;
const shuttingDown = message('E', 'SFATAL\0C57P01\0Mterminating connection due to administrator command\0\0');
const sync = message('S', '');

describe('SR-87 pnpm ops audit verify, whose idle connections break', () => {
  it('ends with 2 when the server is cut off, and not before', async () => {
    let connections = 0;
    let statements = 0;
    const url = await listening((socket) => {
      connections += 1;
      socket.once('data', () => {
        socket.write(message('R', '\0\0\0\0') + ready, 'latin1');
        socket.setEncoding('latin1').on('data', (chunk: string) => {
          if (chunk.startsWith('Q')) socket.destroy(); // the last statement; what is idle by then stays open
          if (!chunk.endsWith(sync)) return;
          statements += 1;
          socket.write(statements === 1 ? noRows + shuttingDown : noRows, 'latin1');
        });
      });
    });
    const { status, stderr } = await opsProcess(verify(url));
    expect([status, stderr]).toEqual([2, expect.stringContaining('Connection terminated unexpectedly')]);
    expect(connections).toBe(5); // four, and one for the one that broke
  });
});
