import { mkdirSync, readdirSync, readFileSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { uuidv7 } from '@bank/domain';
import { until } from '@bank/testing';
import { expect, test } from 'vitest';
import { copyCheckpoints } from '#features/checkpoint/copy-checkpoints.ts';
import { signNextCheckpoint } from '#features/checkpoint/sign-checkpoint.ts';
import { ledgerUnderTest, subjectOfShard } from './ledger-under-test.ts';
import { receiverUnderTest } from './receiver-under-test.ts';
import { asSuperuser } from './tamper.ts';

const ledger = ledgerUnderTest();
const receiver = receiverUnderTest(ledger);
const tables = ['entries', 'heads', 'checkpoints', 'forwarding'].map((name) => `admin.ledger_${name}`);
const superuser = (sql: string) => asSuperuser(ledger.database, (client) => client.query(sql));

async function backUp(): Promise<void> {
  await superuser(tables.map((table) => `create table ${table}_then as table ${table};`).join('\n'));
}

async function restore(): Promise<void> {
  const statements = tables.map((table) => `truncate ${table}; insert into ${table} select * from ${table}_then;`);
  await superuser(statements.join('\n'));
}

function numbersIn(folder: string): number[] {
  const text = readdirSync(folder).map((name) => readFileSync(join(folder, name), 'utf8'));
  const lines = text.join('').split('\n').filter(Boolean);
  return lines.map((line) => JSON.parse(line).number);
}

/** As docs/deployment/runbooks/ledger-not-as-signed.md has it. */
const lastHeads = `
  select shard - 1 as shard, head->>'position' as position, head->>'hash' as hash
    from (select split_part(jws, '.', 2) as payload from admin.ledger_checkpoints order by number desc limit 1) c,
      jsonb_array_elements(convert_from(decode(rpad(translate(payload, '-_', '+/'),
        (length(payload) + 3) / 4 * 4, '='), 'base64'), 'utf8')::jsonb->'heads') with ordinality as h(head, shard)`;

test('SR-87: a database that was restored behind the folder and the receiver goes on once both are put back by hand', async () => {
  const folder = ledger.env['CHECKPOINT_DIR'] ?? '';
  await ledger.append(subjectOfShard(1), 5);
  await ledger.sign();
  await ledger.append(subjectOfShard(1), 2);
  await backUp();
  for (const shard of [1, 3]) {
    await ledger.append(subjectOfShard(shard), 4);
    await ledger.sign();
  }
  const before = await receiver.forwarder();
  await receiver.untilComplete();
  await before.stop();
  await restore();

  // What the apps do meanwhile is recorded, and neither signed nor forwarded.
  await ledger.append(subjectOfShard(1), 6);
  await expect(ledger.sign()).rejects.toThrow('checkpoint 3 stands in the file and not in the table');
  const forwarder = await receiver.forwarder();
  await until(async () => Object.keys(await forwarder.metrics('ledger_forwarding_disputes_total{')).length > 0);
  expect((await ledger.verify()).problems).toMatchObject([
    { rule: 'checkpoint', checkpoint: 2 },
    { rule: 'checkpoint', checkpoint: 3 },
    { rule: 'not_signed', shard: 1, position: 8 },
    { rule: 'missing', shard: 3, position: 1 },
  ]);

  const heads = await ledger.database.query<{ shard: string; position: string; hash: string }>(lastHeads);
  expect(heads).toHaveLength(16);
  expect(heads[1]).toMatchObject({ position: '5', hash: expect.stringMatching(/^[0-9a-f]{64}$/) });
  renameSync(folder, `${folder}-evidence`);
  mkdirSync(folder);
  for (const { shard, position } of heads) await receiver.forget(`?shard=${shard}&after=${position}`);

  const started = await ledger.replica();
  expect(await copyCheckpoints(started)).toBe(1);
  expect(await signNextCheckpoint(started, uuidv7(), 0)).toBe(true);
  expect(await copyCheckpoints(started)).toBe(1);
  await receiver.untilComplete();
  expect(await ledger.verify()).toMatchObject({ ok: true, entries: 13, openWindow: { entries: 0 } });
  expect([numbersIn(folder), numbersIn(`${folder}-evidence`)]).toEqual([
    [1, 2],
    [1, 2, 3],
  ]);
});
