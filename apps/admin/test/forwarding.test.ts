import { uuidv7 } from '@bank/domain';
import { until } from '@bank/testing';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { loadConfig } from '#config.ts';
import { ledgerUnderTest, subjectOfShard } from './ledger-under-test.ts';
import { type RunningForwarder, receiverUnderTest } from './receiver-under-test.ts';
import { asSuperuser } from './tamper.ts';

const ledger = ledgerUnderTest();
const receiver = receiverUnderTest(ledger);
const running: RunningForwarder[] = [];

async function forwarder(): Promise<RunningForwarder> {
  const started = await receiver.forwarder();
  running.push(started);
  return started;
}

async function noted(): Promise<number> {
  const [row] = await ledger.database.query<{ entries: number }>(
    'select sum(position)::float8 as entries from admin.ledger_forwarding',
  );
  return row?.entries ?? 0;
}

const superuser = (sql: string) => asSuperuser(ledger.database, (client) => client.query(sql));

/** Begins anew: no entries, and a receiver that has none. */
beforeEach(async () => {
  await superuser(`truncate admin.ledger_entries;
    update admin.ledger_heads set position = 0, hash = decode(repeat('00', 32), 'hex');
    update admin.ledger_forwarding set position = 0, hash = decode(repeat('00', 32), 'hex');
    update admin.ledger_forwarder set holder = null, expires_at = null`);
  await receiver.behave('normal');
  await receiver.forget();
});

afterEach(async () => {
  for (const each of running.splice(0)) await each.stop();
});

async function givenEntries(count: number): Promise<void> {
  for (let made = 0; made < count; made += 10) await ledger.append(uuidv7(), Math.min(10, count - made));
}

describe('what the ledger records', () => {
  test('goes on to the Audit service in its final form, and what is recorded later follows', async () => {
    await givenEntries(60);
    await forwarder();
    await receiver.untilComplete();
    await givenEntries(40);
    await receiver.untilComplete();
    expect(await receiver.state()).toMatchObject({ entries: 100 });
    await until(async () => (await noted()) === 100);
  });

  test('waits while the receiver is down, and is all there once it is back', async () => {
    const { metrics } = await forwarder();
    await receiver.behave('down');
    await givenEntries(50);
    await until(async () =>
      Object.values(await metrics('ledger_forwarding_failures_total')).some((count) => count > 2),
    );
    expect(await noted()).toBe(0);
    await receiver.behave('normal');
    await receiver.untilComplete();
  });

  test.each(['refuse', 'slow'] as const)('loses nothing by a receiver that is told to %s', async (behaviour) => {
    await receiver.behave(behaviour);
    await forwarder();
    await givenEntries(30);
    if (behaviour === 'refuse') await receiver.behave('normal');
    await receiver.untilComplete();
  });

  test('counts once when the receiver took it and its answer never came', async () => {
    running.push(await receiver.forwarder({ settleMs: 60_000 }));
    await ledger.append(subjectOfShard(1), 1);
    await until(async () => (await noted()) === 1);
    await receiver.behave('mute');
    await ledger.append(subjectOfShard(3), 20);
    await until(async () => (await receiver.state()).entries === 21);
    expect(await noted()).toBe(1);
    await receiver.behave('normal');
    await until(async () => (await noted()) === 21);
    expect(await receiver.state()).toMatchObject({ entries: 21 });
  });

  test('is measured in entries and seconds while it waits', async () => {
    await receiver.behave('down');
    const { metrics } = await forwarder();
    await ledger.append(subjectOfShard(7), 12);
    await superuser(`alter table admin.ledger_entries disable trigger user;
      update admin.ledger_entries set recorded_at = now() - interval '90 seconds' where shard = 7 and position = 1;
      alter table admin.ledger_entries enable trigger user`);
    const lag = await until(async () => {
      const read = await metrics('ledger_forwarding_lag');
      return read['ledger_forwarding_lag_entries{shard="7",service="admin"}'] === 12 ? read : undefined;
    });
    expect(lag['ledger_forwarding_lag_seconds{shard="7",service="admin"}']).toBeGreaterThanOrEqual(89);
    expect(lag['ledger_forwarding_lag_entries{shard="6",service="admin"}']).toBe(0);
    await receiver.behave('normal');
    await receiver.untilComplete();
    await until(async () => {
      const read = await metrics('ledger_forwarding_lag');
      return Object.values(read).every((value) => value === 0);
    });
  });

  test('goes out in one process at a time, and in another when that one stops', async () => {
    const [one, other] = [await forwarder(), await forwarder()];
    const sentBy = async ({ metrics }: RunningForwarder) =>
      (await metrics('ledger_forwarded_entries_total'))['ledger_forwarded_entries_total{service="admin"}'] ?? 0;
    for (let round = 0; round < 20; round += 1) await givenEntries(20);
    await receiver.untilComplete();
    await until(async () => (await noted()) === 400);
    const sent = [await sentBy(one), await sentBy(other)];
    expect(sent.toSorted((a, b) => a - b)).toEqual([0, 400]);
    await (sent[0] === 0 ? other : one).stop();
    await givenEntries(30);
    await receiver.untilComplete();
    await until(async () => (await sentBy(sent[0] === 0 ? one : other)) === 30);
  });
});

describe('a receiver that was restored', () => {
  test('is sent again what it lost', async () => {
    await ledger.append(subjectOfShard(2), 30);
    await ledger.append(subjectOfShard(9), 10);
    const { metrics } = await forwarder();
    await receiver.untilComplete();
    await receiver.forget('?shard=2&after=11');
    await ledger.append(subjectOfShard(2), 1);
    await receiver.untilComplete();
    expect(await metrics('ledger_forwarding_rewinds_total')).toEqual({
      'ledger_forwarding_rewinds_total{service="admin"}': 1,
    });
    expect(await receiver.state()).toMatchObject({ entries: 41 });
  });

  test('is sent what it lost even while nothing is recorded', async () => {
    await givenEntries(30);
    await forwarder();
    await receiver.untilComplete();
    await receiver.forget();
    await receiver.untilComplete();
  });

  test('is sent everything when it lost everything, also by a process that has just started', async () => {
    await givenEntries(50);
    await forwarder();
    await receiver.untilComplete();
    await running.pop()?.stop();
    await receiver.forget();
    await forwarder();
    await receiver.untilComplete();
  });

  test('is gone on with from where it is when the ledger lost its note', async () => {
    await ledger.append(subjectOfShard(2), 30);
    await forwarder();
    await receiver.untilComplete();
    await running.pop()?.stop();
    await superuser(`update admin.ledger_forwarding set position = 3, hash = decode(repeat('07', 32), 'hex')`);
    const { metrics } = await forwarder();
    await ledger.append(subjectOfShard(2), 5);
    await receiver.untilComplete();
    // What was sent is counted after it was noted: the receiver may have it a moment earlier.
    const counted = await until(async () => {
      const read = await metrics('ledger_forwarded_entries_total');
      return Object.values(read).some((count) => count > 0) ? read : undefined;
    });
    expect(counted).toEqual({ 'ledger_forwarded_entries_total{service="admin"}': 5 });
  });
});

describe('SR-87: a ledger and a receiver that contradict each other', () => {
  async function disputes({ metrics }: RunningForwarder): Promise<string[]> {
    const found = await metrics('ledger_forwarding_disputes_total{');
    return Object.keys(found).flatMap((name) => /reason="(\w+)"/.exec(name)?.[1] ?? []);
  }

  /** Another past of shard 2, made as superuser, which the app itself could never write. */
  async function givenAnotherPast(): Promise<void> {
    await superuser(`truncate admin.ledger_entries;
      update admin.ledger_heads set position = 0, hash = decode(repeat('00', 32), 'hex')`);
  }

  test('stop that shard with an alarm when the receiver has other entries, and no other shard', async () => {
    await ledger.append(subjectOfShard(2), 5);
    const first = await forwarder();
    await receiver.untilComplete();
    await first.stop();
    await givenAnotherPast();
    await ledger.append(subjectOfShard(2), 8);
    const second = await forwarder();
    await ledger.append(subjectOfShard(4), 3);
    await until(async () => (await receiver.state()).entries === 8);
    await until(async () => (await disputes(second)).includes('hash_mismatch'));
    expect((await receiver.state()).heads.map(({ shard, position }) => [shard, position])).toEqual([
      [2, 5],
      [4, 3],
    ]);
  });

  test('stop that shard when the receiver has more than the ledger', async () => {
    await ledger.append(subjectOfShard(2), 5);
    const first = await forwarder();
    await receiver.untilComplete();
    await first.stop();
    await givenAnotherPast();
    const second = await forwarder();
    await until(async () => (await disputes(second)).includes('receiver_ahead'));
    expect(await receiver.state()).toMatchObject({ entries: 5 });
  });

  test('stop that shard when an entry was changed before it went out, and it goes on once that is undone', async () => {
    const change = (to: string) =>
      superuser(`alter table admin.ledger_entries disable trigger user;
        update admin.ledger_entries set body = ${to} where shard = 2 and position = 2;
        alter table admin.ledger_entries enable trigger user`);
    await ledger.append(subjectOfShard(2), 5);
    await change(`body || ' '`);
    const one = await forwarder();
    await until(async () => (await disputes(one)).includes('entry_refused'));
    expect(await noted()).toBe(0);
    await change('rtrim(body)');
    await receiver.untilComplete();
  });
});

test('without AUDIT_RPC_URL nothing is forwarded', () => {
  expect(loadConfig({ ...ledger.env, AUDIT_RPC_URL: undefined }).AUDIT_RPC_URL).toBeUndefined();
  expect(() => loadConfig({ ...ledger.env, AUDIT_RPC_URL: 'http://audit' })).toThrow('AUDIT_RPC_URL');
  expect(ledger.ctx.auditReceiver).toBeUndefined();
});
