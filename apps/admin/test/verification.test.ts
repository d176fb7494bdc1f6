import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { raceOf, until, winners } from '@bank/testing';
import { beforeEach, describe, expect, test } from 'vitest';
import { measureVerification } from '#features/verification/measure-verification.ts';
import { verifyNext } from '#features/verification/verify-next.ts';
import { createLedgerVerifier } from '#jobs/ledger-verifier.ts';
import { ledgerUnderTest, subjectOfShard } from './ledger-under-test.ts';
import { asSuperuser, rewriteShard } from './tamper.ts';

const ledger = ledgerUnderTest();

/** Begins anew: no entries, no checkpoints, an empty folder, nothing verified. */
beforeEach(async () => {
  const now = ledger.ctx.clock.now();
  await asSuperuser(ledger.database, async (client) => {
    await client.query(`truncate admin.ledger_entries; truncate admin.ledger_checkpoints;
      update admin.ledger_heads set position = 0, hash = decode(repeat('00', 32), 'hex');
      update admin.ledger_signer set holder = null, expires_at = null`);
    await client.query(
      `update admin.ledger_verification set checked_at = null, verified_checkpoint = 0, swept_checkpoint = 0,
         verified_at = $1, sweep_began_at = $1, swept_since = $1, problems = 0`,
      [now],
    );
  });
  const folder = ledger.env['CHECKPOINT_DIR'] ?? '';
  for (const name of readdirSync(folder)) rmSync(join(folder, name));
});

/** Three checkpoints of five entries each, in the shards 1, 2 and 3; each lets a minute pass. */
async function givenThree(): Promise<void> {
  for (let checkpoint = 1; checkpoint <= 3; checkpoint += 1) {
    await ledger.append(subjectOfShard(checkpoint), 5);
    await ledger.sign();
  }
}

async function place() {
  const [row] = await ledger.database.query<{ verified: number; swept: number; problems: number; current: boolean }>(
    `select verified_checkpoint::int as verified, swept_checkpoint::int as swept, problems, verified_at = $1 as current
       from admin.ledger_verification`,
    [ledger.ctx.clock.now()],
  );
  return row;
}

describe('a ledger that is what was signed', () => {
  test('is verified to its newest checkpoint, and all of it again', async () => {
    await givenThree();
    expect(await verifyNext(ledger.ctx)).toEqual({ problems: [], isMore: false });
    expect(await place()).toEqual({ verified: 3, swept: 0, problems: 0, current: true });
  });

  test('is looked at once a minute, and then from where it was left', async () => {
    await givenThree();
    await verifyNext(ledger.ctx);
    expect(await verifyNext(ledger.ctx)).toBeUndefined();
    await ledger.append(subjectOfShard(1), 2);
    await ledger.sign();
    expect(await verifyNext(ledger.ctx)).toEqual({ problems: [], isMore: false });
    expect(await place()).toMatchObject({ verified: 4, current: true });
  });

  test('is that also when it is empty', async () => {
    expect(await verifyNext(ledger.ctx)).toEqual({ problems: [], isMore: false });
    expect(await place()).toMatchObject({ verified: 0, current: true });
  });

  test('is told of by the metrics', async () => {
    measureVerification(ledger.ctx);
    const read = async (name: string) => {
      const line = (await ledger.ctx.metrics.text()).split('\n').find((text) => text.startsWith(`${name}{`));
      return Number(line?.split(' ').at(-1));
    };
    await givenThree();
    expect(await read('ledger_verified_age_seconds')).toBe(180);
    await verifyNext(ledger.ctx);
    expect(await read('ledger_verified_age_seconds')).toBe(0);
    expect(await read('ledger_verification_problems')).toBe(0);
    expect(await read('ledger_swept_age_seconds')).toBeGreaterThanOrEqual(180);
  });
});

describe('SR-87: a ledger that is not what was signed', () => {
  const edited = (shard: number) =>
    rewriteShard(ledger.database, shard, (entries) =>
      entries.map((entry, index) => (index === 2 ? { ...entry, outcome: 'denied' } : entry)),
    );
  const due = () =>
    asSuperuser(ledger.database, (client) => client.query('update admin.ledger_verification set checked_at = null'));
  const found = async () => (await verifyNext(ledger.ctx))?.problems.map(({ rule, shard }) => ({ rule, shard }));

  test('is found in what is new, again each minute, and stays the place where it goes on', async () => {
    await givenThree();
    await edited(2);
    for (let minute = 0; minute < 2; minute += 1) {
      const problem = { rule: 'not_signed', shard: 2 };
      expect(await found()).toEqual([problem, problem]);
      expect(await place()).toEqual({ verified: 0, swept: 0, problems: 2, current: false });
      await due();
    }
  });

  test('is found in what was verified before, by the sweep', async () => {
    await givenThree();
    await verifyNext(ledger.ctx);
    await edited(1);
    await due();
    expect(await found()).toEqual([{ rule: 'not_signed', shard: 1 }]);
    expect(await place()).toEqual({ verified: 3, swept: 0, problems: 1, current: true });
  });

  test('is found when it ends before what was signed', async () => {
    await givenThree();
    await verifyNext(ledger.ctx);
    await rewriteShard(ledger.database, 3, (entries) => entries.slice(0, 3));
    await due();
    expect(await found()).toContainEqual({ rule: 'head', shard: 3 });
  });

  test('is found when the table lost a checkpoint that stands in the file', async () => {
    await givenThree();
    await asSuperuser(ledger.database, (client) =>
      client.query('delete from admin.ledger_checkpoints where number = 3'),
    );
    expect((await verifyNext(ledger.ctx))?.problems).toContainEqual({
      rule: 'checkpoint',
      checkpoint: 3,
      message: 'it does not stand in the table as it does in the file',
    });
    expect(await place()).toMatchObject({ current: false });
  });

  test('is found by the job itself', async () => {
    await givenThree();
    await edited(2);
    const verifier = createLedgerVerifier(await ledger.replica(), { everyMs: 20 });
    await verifier.start();
    await until(async () => ((await place())?.problems ?? 0) > 0);
    await verifier.stop();
  });
});

describe('two replicas', () => {
  test.each(Array.from({ length: 20 }, (_none, round) => round + 1))('verify once (round %i)', async () => {
    const replicas = [ledger.ctx, await ledger.replica()];
    await ledger.append(subjectOfShard(0), 3);
    await ledger.sign();
    const outcomes = await raceOf(6, (number) => verifyNext(replicas[number % 2] ?? ledger.ctx));
    expect(winners(outcomes).filter((verified) => verified !== undefined)).toHaveLength(1);
    expect(await place()).toEqual({ verified: 1, swept: 0, problems: 0, current: true });
  });
});
