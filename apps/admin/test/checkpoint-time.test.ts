import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { uuidv7 } from '@bank/domain';
import { type Checkpoint, readCheckpoint, signCheckpoint } from '@bank/ledger';
import { fixedClock } from '@bank/testing';
import { expect, test } from 'vitest';
import { loadConfig } from '#config.ts';
import { createContext } from '#context.ts';
import { copyCheckpoints } from '#features/checkpoint/copy-checkpoints.ts';
import { measureCheckpoints } from '#features/checkpoint/measure-checkpoints.ts';
import { signNextCheckpoint } from '#features/checkpoint/sign-checkpoint.ts';
import { ledgerUnderTest, subjectOfShard } from './ledger-under-test.ts';
import { asSuperuser } from './tamper.ts';

const dayMs = 86_400_000;
const ledger = ledgerUnderTest();

async function lastCheckpoint(): Promise<Checkpoint> {
  const [row] = await ledger.database.query<{ jws: string }>(
    'select jws from admin.ledger_checkpoints order by number desc limit 1',
  );
  return readCheckpoint(row?.jws ?? '', ledger.ctx.checkpointing.trustedKeys);
}

/** The newest checkpoint as it was signed by a clock that was ahead, and copied by then. */
async function givenSignedAhead(days: number): Promise<void> {
  await ledger.append(subjectOfShard(1), 2);
  expect(await signNextCheckpoint(ledger.ctx, uuidv7(), 0)).toBe(true);
  const last = await lastCheckpoint();
  const signedAt = new Date(Date.now() + days * dayMs);
  const jws = signCheckpoint({ ...last, signedAt }, ledger.ctx.checkpointing.signingKey);
  await asSuperuser(ledger.database, async (client) => {
    await client.query('update admin.ledger_checkpoints set jws = $1 where number = $2', [jws, last.number]);
    await client.query('update admin.ledger_signer set holder = null, expires_at = null');
  });
  await copyCheckpoints(ledger.ctx);
}

/** The numbers of the checkpoints in each file. */
function files(): number[][] {
  const folder = ledger.env['CHECKPOINT_DIR'] ?? '';
  const linesOf = (name: string) => readFileSync(join(folder, name), 'utf8').split('\n').filter(Boolean);
  return readdirSync(folder)
    .sort()
    .map((name) => linesOf(name).map((line) => JSON.parse(line).number));
}

test('SR-87 a checkpoint tells the time of the database, whatever that of the process that signs it', async () => {
  const clock = fixedClock(new Date(Date.now() + 365 * dayMs));
  const ahead = await createContext(loadConfig(ledger.env), { clock });
  try {
    await ledger.append(subjectOfShard(0), 1);
    expect(await signNextCheckpoint(ahead, uuidv7(), 0)).toBe(true);
  } finally {
    await Promise.all([ahead.database.close(), ahead.redis.close()]);
    ahead.keyrings.close();
    await ledger.database.query('update admin.ledger_signer set holder = null, expires_at = null');
  }
  const { signedAt } = await lastCheckpoint();
  await copyCheckpoints(ledger.ctx);
  expect(Math.abs(signedAt.getTime() - Date.now())).toBeLessThan(dayMs);
});

test('SR-87 one of a time that has not come holds up none after it, is too old for the alert, and is copied once', async () => {
  await ledger.append(subjectOfShard(0), 1);
  await ledger.sign();
  await givenSignedAhead(40);
  measureCheckpoints(ledger.ctx);
  const age = async () =>
    Number(/^ledger_checkpoint_age_seconds\{.*\} (\S+)$/m.exec(await ledger.ctx.metrics.text())?.[1]);
  expect(await age()).toBeGreaterThan(39 * 86_400);

  const holder = uuidv7();
  await ledger.append(subjectOfShard(2), 1);
  expect(await signNextCheckpoint(ledger.ctx, holder)).toBe(true);
  expect(await age()).toBeLessThan(60);
  await ledger.append(subjectOfShard(2), 1);
  expect(await signNextCheckpoint(ledger.ctx, holder)).toBe(false);

  for (const replica of [ledger.ctx, ledger.ctx, await ledger.replica()]) await copyCheckpoints(replica);
  const { number } = await lastCheckpoint();
  expect(files()).toEqual([expect.anything(), [number - 1, number]]);
  expect(await ledger.verify()).toMatchObject({ ok: true, checkpoints: { fileBehind: 0 } });
});
