import { appendFileSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runStatement } from '@bank/database';
import { uuidv7 } from '@bank/domain';
import {
  CheckpointInvalid,
  generateCheckpointKeys,
  readCheckpoint,
  readSigningKey,
  signCheckpoint,
} from '@bank/ledger';
import { raceOf, winners } from '@bank/testing';
import { beforeEach, describe, expect, test } from 'vitest';
import { copyCheckpoints } from '#features/checkpoint/copy-checkpoints.ts';
import { measureCheckpoints } from '#features/checkpoint/measure-checkpoints.ts';
import { releaseSigner, signNextCheckpoint } from '#features/checkpoint/sign-checkpoint.ts';
import { ledgerUnderTest, subjectOfShard } from './ledger-under-test.ts';
import { asSuperuser, rewriteShard } from './tamper.ts';

const ledger = ledgerUnderTest();

/** Begins anew: no entries, no checkpoints, an empty folder. */
beforeEach(async () => {
  await asSuperuser(ledger.database, (client) =>
    client.query(`truncate admin.ledger_entries; truncate admin.ledger_checkpoints;
      update admin.ledger_heads set position = 0, hash = decode(repeat('00', 32), 'hex');
      update admin.ledger_signer set holder = null, expires_at = null`),
  );
  for (const name of readdirSync(folder())) rmSync(join(folder(), name));
});

function folder(): string {
  return ledger.env['CHECKPOINT_DIR'] ?? '';
}

function lines(): string[] {
  const text = readdirSync(folder()).map((name) => readFileSync(join(folder(), name), 'utf8'));
  return text.join('').split('\n').filter(Boolean);
}

/** Three checkpoints of five entries each. */
async function givenThree(): Promise<void> {
  for (let checkpoint = 1; checkpoint <= 3; checkpoint += 1) {
    await ledger.append(subjectOfShard(checkpoint), 5);
    await ledger.sign();
  }
}

describe('a checkpoint', () => {
  test('stands in the table, in the file and in an event, signed, each naming the one before', async () => {
    await givenThree();
    const rows = await ledger.database.query<{ number: string; jws: string }>(
      'select number, jws from admin.ledger_checkpoints order by number',
    );
    const keys = ledger.ctx.checkpointing.trustedKeys;
    expect(rows.map(({ jws }) => readCheckpoint(jws, keys).number)).toEqual([1, 2, 3]);
    expect(lines().map((line) => JSON.parse(line).jws)).toEqual(rows.map(({ jws }) => jws));
    const events = await ledger.database.query<{ data: { jws: string; heads: { position: string }[] } }>(
      "select data from admin.outbox where type = 'audit.checkpoint_signed.v1' order by sequence desc limit 3",
    );
    expect(events.map(({ data }) => data.jws).toReversed()).toEqual(rows.map(({ jws }) => jws));
    expect(events[0]?.data.heads).toHaveLength(16);
    expect(await ledger.verify()).toMatchObject({ ok: true, openWindow: { entries: 0 } });
  });

  test('tells the metrics what it does not cover yet, and how old it is', async () => {
    measureCheckpoints(ledger.ctx);
    const measured = async () => {
      const lines = (await ledger.ctx.metrics.text()).split('\n');
      const read = (name: string) =>
        Number(
          lines
            .find((line) => line.startsWith(`${name}{`))
            ?.split(' ')
            .at(-1),
        );
      return { unsigned: read('ledger_unsigned_entries'), age: read('ledger_checkpoint_age_seconds') };
    };
    await ledger.append(subjectOfShard(0), 3);
    expect(await measured()).toEqual({ unsigned: 3, age: 0 });
    await ledger.sign();
    await ledger.append(subjectOfShard(5), 2);
    const { unsigned, age } = await measured();
    expect(unsigned).toBe(2);
    expect(age).toBeGreaterThanOrEqual(0);
  });

  test('is not signed before it is due, nor without entries', async () => {
    expect(await signNextCheckpoint(ledger.ctx, uuidv7())).toBe(false);
    await ledger.append(subjectOfShard(0), 1);
    await ledger.sign();
    await ledger.append(subjectOfShard(0), 1);
    expect(await signNextCheckpoint(ledger.ctx, uuidv7())).toBe(false);
  });

  test('is due at 1,000 entries, and takes a long backlog in parts', async () => {
    const holder = uuidv7();
    await ledger.append(subjectOfShard(0), 1);
    await ledger.sign();
    for (let batch = 0; batch < 9; batch += 1) await ledger.append(subjectOfShard(5), 250);
    const signed: boolean[] = [];
    for (let round = 0; round < 3; round += 1) signed.push(await signNextCheckpoint(ledger.ctx, holder));
    expect(signed).toEqual([true, true, false]);
    await copyCheckpoints(ledger.ctx);
    expect(await ledger.verify()).toMatchObject({ ok: true, entries: 2251, openWindow: { entries: 250 } });
  });
});

describe('SR-87: nothing is signed over a ledger', () => {
  const signing = async () => {
    await ledger.append(subjectOfShard(0), 1);
    return ledger.sign();
  };

  test('whose new entries do not fit together', async () => {
    await givenThree();
    await ledger.append(subjectOfShard(2), 3);
    const edit = `update admin.ledger_entries set body = body || ' ' where shard = 2 and position = 7`;
    await asSuperuser(ledger.database, (client) => client.query(edit));
    await expect(signing()).rejects.toThrow('shard 2, position 7: its hash is not that of its body');
  });

  test('that was signed as a longer one', async () => {
    await givenThree();
    await rewriteShard(ledger.database, 2, (entries) => entries.slice(0, 3));
    await expect(signing()).rejects.toThrow(CheckpointInvalid);
  });

  test('whose newest checkpoint was taken out of the table', async () => {
    await givenThree();
    await asSuperuser(ledger.database, (client) =>
      client.query('delete from admin.ledger_checkpoints where number = 3'),
    );
    await expect(signing()).rejects.toThrow('checkpoint 3 stands in the file and not in the table');
  });
});

describe('SR-87: checkpoints themselves', () => {
  const problems = async (options?: { withoutFile: true }) => (await ledger.verify(options)).problems;
  const superuser = (sql: string, params: unknown[] = []) =>
    asSuperuser(ledger.database, (client) => client.query(sql, params));

  beforeEach(givenThree);

  test.each(['update admin.ledger_checkpoints set number = 9', 'delete from admin.ledger_checkpoints'])(
    'are not changed by the app: %s',
    async (statement) => {
      await expect(runStatement(ledger.ctx.database.fork(), statement)).rejects.toMatchObject({ code: '42501' });
      await expect(ledger.database.query(statement)).rejects.toThrow('the ledger is append-only');
    },
  );

  test('are missed when one is taken out of the table', async () => {
    await superuser('delete from admin.ledger_checkpoints where number = 2');
    const missing = { rule: 'checkpoint', checkpoint: 2, message: 'it stands in the file and not in the table' };
    expect(await problems()).toEqual([missing]);
    expect(await problems({ withoutFile: true })).toMatchObject([{ checkpoint: 2, message: 'it is missing' }]);
  });

  test('are believed from the file when all of the table was replaced, and then the entries are not', async () => {
    await superuser('delete from admin.ledger_checkpoints');
    await rewriteShard(ledger.database, 1, (entries) => entries.slice(1));
    const found = await problems();
    expect(found.slice(0, 3).map(({ checkpoint }) => checkpoint)).toEqual([1, 2, 3]);
    expect(found.at(-1)).toMatchObject({ rule: 'not_signed', shard: 1, position: 1 });
  });

  test('prove nothing when a stranger signed them', async () => {
    const { privatePem } = generateCheckpointKeys();
    const [row] = await ledger.database.query<{ jws: string }>(
      'select jws from admin.ledger_checkpoints where number = 3',
    );
    const checkpoint = readCheckpoint(row?.jws ?? '', ledger.ctx.checkpointing.trustedKeys);
    const forged = signCheckpoint(checkpoint, readSigningKey(privatePem));
    await superuser('update admin.ledger_checkpoints set jws = $1 where number = 3', [forged]);
    expect(await problems()).toMatchObject([{ checkpoint: 3, message: 'the table and the file have different ones' }]);
    expect(await problems({ withoutFile: true })).toMatchObject([
      { checkpoint: 3, message: 'it was signed with a key that is not trusted' },
    ]);
  });

  test('prove nothing when what they say was changed', async () => {
    const [name = ''] = readdirSync(folder());
    const [one = '', ...others] = lines();
    const { jws, ...rest } = JSON.parse(one);
    const [header, payload, signature] = jws.split('.');
    const changed = Buffer.from(payload, 'base64url').toString().replace('"position":5', '"position":4');
    const forged = [header, Buffer.from(changed).toString('base64url'), signature].join('.');
    writeFileSync(join(folder(), name), [JSON.stringify({ ...rest, jws: forged }), ...others, ''].join('\n'));
    expect(await problems()).toMatchObject([
      { checkpoint: 1, message: 'the table and the file have different ones' },
      { checkpoint: 1, message: 'its signature does not verify' },
    ]);
  });

  test('are not copied with a manifest that is not the one that was signed', async () => {
    const [name = ''] = readdirSync(folder());
    const [one = '', two = ''] = lines();
    writeFileSync(join(folder(), name), `${one}\n`);
    await superuser("update admin.ledger_checkpoints set manifest = '\\x00' || manifest where number = 3");
    const problem = 'checkpoint 3: its manifest is not the one that was signed';
    await expect(copyCheckpoints(await ledger.replica())).rejects.toThrow(problem);
    expect(lines()).toEqual([one]);
    await superuser('update admin.ledger_checkpoints set manifest = substring(manifest from 2) where number = 3');
    expect(await copyCheckpoints(await ledger.replica())).toBeGreaterThan(1);
    expect(lines().slice(0, 2)).toEqual([one, two]);
  });

  test('are missed when the file lost one, and when it gets none any more', async () => {
    const [name = ''] = readdirSync(folder());
    const [one = '', two = '', three = ''] = lines();
    writeFileSync(join(folder(), name), `${one}\n${three}\n`);
    expect(await problems()).toMatchObject([{ checkpoint: 2, message: 'it stands in the table and not in the file' }]);
    writeFileSync(join(folder(), name), `${one}\n${two}\n`);
    expect(await ledger.verify()).toMatchObject({ ok: true, checkpoints: { fileBehind: 1 } });
    const { problems: later } = await ledger.verify({ now: () => new Date(Date.now() + 6 * 60_000) });
    expect(later).toMatchObject([{ checkpoint: 3, message: 'it never reached the file' }]);
  });
});

describe('a process that dies between the commit and the file', () => {
  test('has its checkpoint copied by the next one', async () => {
    await givenThree();
    const [name = ''] = readdirSync(folder());
    const [one = ''] = lines();
    writeFileSync(join(folder(), name), `${one}\n`);
    const next = await ledger.replica();
    expect(await copyCheckpoints(next)).toBe(2);
    expect(await copyCheckpoints(next)).toBe(0);
    expect(await ledger.verify()).toMatchObject({ ok: true, checkpoints: { fileBehind: 0 } });
  });

  test('leaves half a line that stays, and harms nothing', async () => {
    await givenThree();
    const [name = ''] = readdirSync(folder());
    const [one = '', two = ''] = lines();
    writeFileSync(join(folder(), name), `${one}\n`);
    appendFileSync(join(folder(), name), two.slice(0, 100));
    expect(await copyCheckpoints(await ledger.replica())).toBe(2);
    expect(lines()).toHaveLength(4);
    expect(await ledger.verify()).toMatchObject({ ok: true, checkpoints: { verified: 3, fileBehind: 0 } });
  });

  test('is no loss when two copy at the same time', async () => {
    await givenThree();
    for (const name of readdirSync(folder())) rmSync(join(folder(), name));
    const replicas = [await ledger.replica(), await ledger.replica()];
    await raceOf(2, (number) => copyCheckpoints(replicas[number] ?? ledger.ctx));
    expect(await ledger.verify()).toMatchObject({ ok: true, checkpoints: { verified: 3, fileBehind: 0 } });
  });
});

describe('two replicas', () => {
  test.each(Array.from({ length: 20 }, (_none, round) => round + 1))('sign once (round %i)', async () => {
    const replicas = [ledger.ctx, await ledger.replica()];
    await ledger.append(subjectOfShard(0), 3);
    const outcomes = await raceOf(6, (number) => signNextCheckpoint(replicas[number % 2] ?? ledger.ctx, uuidv7()));
    expect(winners(outcomes).filter(Boolean)).toHaveLength(1);
    expect(await ledger.database.query('select 1 from admin.ledger_checkpoints')).toHaveLength(1);
  });

  test('take turns: the other signs once the first lets go', async () => {
    const [one, other] = [uuidv7(), uuidv7()];
    await ledger.append(subjectOfShard(0), 1);
    expect(await signNextCheckpoint(ledger.ctx, one)).toBe(true);
    for (let batch = 0; batch < 4; batch += 1) await ledger.append(subjectOfShard(0), 250);
    expect(await signNextCheckpoint(ledger.ctx, other)).toBe(false);
    await releaseSigner(ledger.ctx, one);
    expect(await signNextCheckpoint(ledger.ctx, other)).toBe(true);
  });
});
