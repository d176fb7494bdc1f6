import { allow, systemIds } from '@bank/domain';
import { raceOf, winners } from '@bank/testing';
import { describe, expect, it } from 'vitest';
import { once, onceEach, readerOf, withTransaction } from '#index.ts';
import { openShop, type ShopContext, unaudited, widgetMade } from './fixture.ts';

const { ctx, postgres } = await openShop();

async function newWidget(): Promise<string> {
  const id = systemIds.next();
  await withTransaction(ctx, unaudited, (tx) => tx.widgets.add(id));
  return id;
}

const increment = (id: string) => (tx: ShopContext) =>
  withTransaction(tx, unaudited, async (inner) => {
    await inner.widgets.increment(id);
    await inner.emit(widgetMade(id));
  });

describe('once', () => {
  it.each(Array.from({ length: 20 }, (_, round) => round + 1))(
    'applies one of 20 parallel deliveries (round %i)',
    async () => {
      const [id, message] = [await newWidget(), systemIds.next()];
      const outcomes = winners(await raceOf(20, () => once(ctx, 'counter', message, increment(id))));
      expect(outcomes.filter(({ applied }) => applied)).toHaveLength(1);
      expect(outcomes).toHaveLength(20);
      expect(await readerOf(ctx).widgets.countOf(id)).toBe(1);
      expect(await postgres.query('select 1 from shop.outbox where subject = $1', [id])).toHaveLength(1);
    },
  );

  it('applies a message for each consumer', async () => {
    const [id, message] = [await newWidget(), systemIds.next()];
    await once(ctx, 'counter', message, increment(id));
    expect(await once(ctx, 'other', message, increment(id))).toEqual({ applied: true });
    expect(await readerOf(ctx).widgets.countOf(id)).toBe(2);
  });

  it('lets a message whose handling failed come again', async () => {
    const [id, message] = [await newWidget(), systemIds.next()];
    const failing = once(ctx, 'counter', message, async (tx) => {
      await increment(id)(tx);
      throw new Error('crash');
    });
    await expect(failing).rejects.toThrow('crash');
    expect(await readerOf(ctx).widgets.countOf(id)).toBe(0);
    expect(await once(ctx, 'counter', message, increment(id))).toEqual({ applied: true });
  });

  it.each(['evt_12345', '1', '5F0E9D4C-71C6-4B5C-9D0A-000000000000'])(
    'knows the foreign id %s again',
    async (message) => {
      const id = await newWidget();
      expect(await once(ctx, 'foreign', message, increment(id))).toEqual({ applied: true });
      expect(await once(ctx, 'foreign', message, increment(id))).toEqual({ applied: false });
    },
  );

  it('asks for no audit of a message that changes nothing', async () => {
    const handle = (tx: ShopContext) =>
      withTransaction(tx, { who: allow.system('test'), audits: ['profile.updated'] }, async () => undefined);
    expect(await once(ctx, 'idle', systemIds.next(), handle)).toEqual({ applied: true });
  });
});

describe('onceEach', () => {
  const incrementAll =
    (counters: ReadonlyMap<string, string>) => async (tx: ShopContext, fresh: ReadonlySet<string>) => {
      for (const message of fresh) await increment(counters.get(message) ?? '')(tx);
    };

  it.each(Array.from({ length: 20 }, (_, round) => round + 1))(
    'applies each message of 8 overlapping batches once (round %i)',
    async () => {
      const counters = new Map<string, string>();
      for (let count = 0; count < 12; count += 1) counters.set(systemIds.next(), await newWidget());
      const messages = [...counters.keys()];
      const outcomes = await raceOf(8, (number) => {
        const batch = number % 2 === 0 ? messages.slice(number) : messages.slice(number).reverse();
        return onceEach(ctx, 'batches', batch, incrementAll(counters));
      });
      expect(winners(outcomes)).toHaveLength(8);
      expect(winners(outcomes).reduce((sum, fresh) => sum + fresh.size, 0)).toBe(12);
      for (const id of counters.values()) expect(await readerOf(ctx).widgets.countOf(id)).toBe(1);
    },
  );

  it('takes a message that stands twice in a batch once, and foreign ids by their own name', async () => {
    const counters = new Map([['evt_77', await newWidget()]]);
    const fresh = await onceEach(ctx, 'batches', ['evt_77', 'evt_77'], incrementAll(counters));
    expect([...fresh]).toEqual(['evt_77']);
    expect(await onceEach(ctx, 'batches', ['evt_77'], incrementAll(counters))).toEqual(new Set());
  });

  it('handles none when one fails', async () => {
    const [known, missing] = [systemIds.next(), systemIds.next()];
    const counters = new Map([[known, await newWidget()]]);
    const failing = onceEach(ctx, 'batches', [known, missing], async (tx) => {
      await incrementAll(counters)(tx, new Set([known]));
      throw new Error('crash');
    });
    await expect(failing).rejects.toThrow('crash');
    expect(await onceEach(ctx, 'batches', [known], incrementAll(counters))).toEqual(new Set([known]));
  });
});
