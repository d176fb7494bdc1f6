import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { uuidv7 } from '@bank/domain';
import { bundledProgram, until } from '@bank/testing';
import { expect, test } from 'vitest';
import { ledgerUnderTest } from './ledger-under-test.ts';
import { receiverUnderTest } from './receiver-under-test.ts';

const ledger = ledgerUnderTest();
const receiver = receiverUnderTest(ledger);
const script = await bundledProgram(fileURLToPath(new URL('forwarder-process.ts', import.meta.url)));

/** Records entries about many subjects, so in all shards. */
async function record(count: number): Promise<void> {
  for (let made = 0; made < count; made += 50) await ledger.append(uuidv7(), 50);
}

/** Kills a process some milliseconds after it began to forward. Its lease is ended as time would end it. */
async function forwardAndDie(aliveMs: number): Promise<void> {
  const { entries } = await receiver.state();
  const env = { ...process.env, ...ledger.env, AUDIT_RPC_URL: receiver.url };
  const child = spawn(process.execPath, [script], { env, stdio: ['ignore', 'ignore', 'inherit'] });
  const gone = once(child, 'exit');
  try {
    await until(async () => (await receiver.state()).entries > entries, { everyMs: 1, deadlineMs: 60_000 });
    await pause(aliveMs);
  } finally {
    child.kill('SIGKILL');
    await gone;
  }
  await ledger.database.query(`update admin.ledger_forwarder set expires_at = now() - interval '1 second'`);
}

test('a forwarder that is killed at any point, 10 times, loses nothing and nothing counts twice', async () => {
  const stages: number[] = [];
  for (let round = 0; round < 10; round += 1) {
    await record(2000);
    await forwardAndDie(Math.random() * 20);
    stages.push((await receiver.state()).entries);
  }
  // It was killed in the middle of it, not only after it.
  expect(stages.filter((entries, round) => entries < 2000 * (round + 1)).length).toBeGreaterThan(2);
  const { metrics } = await receiver.forwarder();
  await receiver.untilComplete(60_000);
  // The receiver takes a place once, and refuses what does not go on from it: its count is the ledger's.
  expect(await receiver.state()).toMatchObject({ entries: 20_000 });
  expect(await metrics('ledger_forwarding_disputes_total{')).toEqual({});
}, 600_000);
