import { systemIds } from '@bank/domain';
import { raceOf, until } from '@bank/testing';
import { beforeEach, describe, expect, it } from 'vitest';
import { createOutboxStore, type OutboxRow, withTransaction } from '#index.ts';
import { openShop, unaudited, widgetMade } from './fixture.ts';

const { ctx, postgres, connect } = await openShop();
const store = createOutboxStore(ctx.database);

async function emitMany(subjects: readonly string[]): Promise<void> {
  await withTransaction(ctx, unaudited, async (tx) => {
    for (const subject of subjects) {
      await tx.emit(widgetMade(subject));
    }
  });
}

async function sequencesOf(subject: string): Promise<number[]> {
  const rows = await postgres.query<{ sequence: number }>(
    'select sequence::int as sequence from shop.outbox where subject = $1 order by sequence',
    [subject],
  );
  return rows.map(({ sequence }) => sequence);
}

beforeEach(async () => {
  await postgres.query('update shop.outbox set published_at = now() where published_at is null');
});

describe('sequence', () => {
  it('has no gap and no repetition under parallel writers, some of which fail', async () => {
    const subject = systemIds.next();
    const outcomes = await raceOf(40, (number) =>
      withTransaction(ctx, unaudited, async (tx) => {
        await tx.emit(widgetMade(subject));
        await tx.emit(widgetMade(subject));
        if (number % 4 === 0) {
          throw new Error('rolled back');
        }
      }),
    );
    const committed = outcomes.filter(({ status }) => status === 'fulfilled').length;
    expect(committed).toBe(30);
    expect(await sequencesOf(subject)).toEqual(Array.from({ length: 60 }, (_, index) => index + 1));
  });

  it('counts what a transaction tells of each subject, in the order in which it tells it, events alone', async () => {
    const subjects = [systemIds.next(), systemIds.next()];
    await emitMany([...subjects, ...subjects]);
    await withTransaction(ctx, { who: unaudited.who, audits: ['user.created'] }, async (tx) => {
      for (const nth of [1, 2, 3]) {
        for (const subject of subjects.toReversed()) {
          await tx.emit({ ...widgetMade(subject), data: { nth } });
          await tx.audit({ action: 'user.created', subject, outcome: 'success' });
        }
      }
    });
    for (const subject of subjects) {
      const rows = await postgres.query(
        `select sequence::int, data->'nth' as nth from shop.outbox where subject = $1 order by id offset 2`,
        [subject],
      );
      const numbered = (nth: number) => [
        { sequence: nth + 2, nth },
        { sequence: null, nth: null },
      ];
      expect(rows).toEqual([1, 2, 3].flatMap(numbered));
    }
  });

  it('survives transactions that name the same subjects in opposite order', async () => {
    const subjects = [systemIds.next(), systemIds.next(), systemIds.next()];
    const outcomes = await raceOf(30, (number) => emitMany(number % 2 === 0 ? subjects : subjects.toReversed()));
    expect(outcomes.filter(({ status }) => status === 'rejected')).toEqual([]);
    expect(await sequencesOf(subjects[0] ?? '')).toHaveLength(30);
  });
});

describe('publishBatch', () => {
  it('gives two relays different rows at the same time', async () => {
    const other = createOutboxStore((await connect()).database);
    await emitMany(Array.from({ length: 20 }, () => systemIds.next()));
    const bothHold = Promise.withResolvers<void>();
    const claimed: string[][] = [];
    const claim = async (rows: readonly OutboxRow[]) => {
      claimed.push(rows.map(({ id }) => id));
      if (claimed.length === 2) {
        bothHold.resolve();
      }
      await bothHold.promise; // neither commits before both have claimed
      return rows.map(({ id }) => id);
    };
    const marked = await Promise.all([
      store.publishBatch({ limit: 10 }, claim),
      other.publishBatch({ limit: 10 }, claim),
    ]);
    expect(marked).toEqual([10, 10]);
    expect(new Set(claimed.flat()).size).toBe(20);
    expect(await store.backlog()).toEqual([]);
  });

  it('hands over complete rows, oldest first', async () => {
    const subjects = [systemIds.next(), systemIds.next()];
    await emitMany(subjects);
    const seen: OutboxRow[] = [];
    await store.publishBatch({ limit: 10 }, async (rows) => {
      seen.push(...rows);
      return [];
    });
    expect(seen.map(({ subject }) => subject)).toEqual(subjects);
    expect(seen[0]).toEqual({
      id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      destination: 'events',
      ...widgetMade(subjects[0] ?? ''),
      sequence: 1,
      requestId: expect.any(String),
      traceparent: expect.stringMatching(/^00-/),
      createdAt: expect.any(Date),
    });
  });

  it('marks what was confirmed and keeps the rest', async () => {
    await emitMany([systemIds.next(), systemIds.next(), systemIds.next()]);
    const marked = await store.publishBatch({ limit: 10 }, async ([first]) => (first === undefined ? [] : [first.id]));
    expect(marked).toBe(1);
    expect(await store.backlog()).toMatchObject([{ destination: 'events', rows: 2 }]);
  });

  it('keeps all when publishing throws', async () => {
    await emitMany([systemIds.next(), systemIds.next()]);
    await expect(store.publishBatch({ limit: 10 }, () => Promise.reject(new Error('broker away')))).rejects.toThrow(
      'broker away',
    );
    expect(await store.backlog()).toMatchObject([{ destination: 'events', rows: 2 }]);
  });

  it('does not publish when there is nothing', async () => {
    expect(await store.publishBatch({ limit: 10 }, () => expect.unreachable())).toBe(0);
  });
});

describe('a delivery (SR-85)', () => {
  const to = { email: 'ada@example.org' };
  const message = {
    to,
    channel: 'email',
    template: 'a-code',
    params: { code: '482913' },
    expiresAt: new Date(),
  } as const;

  async function deliver(): Promise<string> {
    await withTransaction(ctx, unaudited, (tx) => tx.deliver(message));
    const [row] = await postgres.query<{ id: string }>('select id from shop.outbox order by id desc limit 1');
    return row?.id ?? expect.unreachable();
  }

  async function contentsOf(ids: readonly string[]): Promise<string[][]> {
    const rows = await postgres.query<{ data: object }>('select data from shop.outbox where id = any($1) order by id', [
      ids,
    ]);
    return rows.map(({ data }) => Object.keys(data).toSorted());
  }

  it('is handed over whole, and keeps the name of its template alone once it is published', async () => {
    const [published, waiting] = [await deliver(), await deliver()];
    const whole = ['channel', 'expiresAt', 'sealedAddress', 'sealedParameters', 'template'];
    const handed: OutboxRow[] = [];
    await store.publishBatch({ limit: 10 }, async (rows) => {
      handed.push(...rows);
      return [published];
    });
    expect(handed.map(({ data }) => Object.keys(data as object).toSorted())).toEqual([whole, whole]);
    expect(await contentsOf([published, waiting])).toEqual([['template'], whole]);
    const [row] = await postgres.query('select data from shop.outbox where id = $1', [published]);
    expect(row).toEqual({ data: { template: 'a-code' } });
  });

  it('is wiped in a partition that was made later, too', async () => {
    await postgres.query('select shop.maintain_partitions(6)');
    const partitions = await postgres.query(
      `select 1 from pg_inherits i where inhparent = 'shop.outbox'::regclass and not exists
         (select 1 from pg_trigger t where t.tgrelid = i.inhrelid and t.tgname = 'outbox_wipe_published_delivery')`,
    );
    expect(partitions).toEqual([]);
  });

  it('leaves facts and ledger entries as they were', async () => {
    await emitMany([systemIds.next()]);
    await store.publishBatch({ limit: 10 }, async (rows) => rows.map(({ id }) => id));
    const [row] = await postgres.query('select data from shop.outbox order by id desc limit 1');
    expect(row).toEqual({ data: { made: true } });
  });
});

describe('onInsert', () => {
  it('is told of a commit, from another process too, until it stops listening', async () => {
    const elsewhere = createOutboxStore((await connect()).database);
    let rings = 0;
    const stop = await elsewhere.onInsert(() => {
      rings += 1;
    });
    await emitMany([systemIds.next()]);
    await until(() => rings > 0, { what: 'the notification' });
    await stop();
    const before = rings;
    await emitMany([systemIds.next()]);
    expect(rings).toBe(before);
  });
});

describe('backlog', () => {
  it('says how much waits and for how long, destination by destination', async () => {
    await emitMany([systemIds.next()]);
    await postgres.query(
      `update shop.outbox set created_at = now() - interval '90 seconds' where published_at is null`,
    );
    await withTransaction(ctx, { who: unaudited.who, audits: ['user.created'] }, (tx) =>
      tx.audit({ action: 'user.created', subject: systemIds.next(), outcome: 'success' }),
    );
    const backlog = (await store.backlog()).toSorted((a, b) => a.oldestSeconds - b.oldestSeconds);
    expect(backlog).toMatchObject([
      { destination: 'audit', rows: 1 },
      { destination: 'events', rows: 1 },
    ]);
    expect(backlog[0]?.oldestSeconds).toBeLessThan(60);
    expect(backlog[1]?.oldestSeconds).toBeGreaterThan(89);
  });
});
