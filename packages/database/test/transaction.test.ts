import { allow, systemIds } from '@bank/domain';
import { describe, expect, it } from 'vitest';
import { readerOf, withTransaction } from '#index.ts';
import { openShop, unaudited } from './fixture.ts';

const { ctx, postgres } = await openShop();
const event = (subject: string) => ({
  type: 'widget.made.v1',
  subject,
  dataschema: 'proto:test.Widget',
  data: { made: true },
});

describe('withTransaction', () => {
  it('commits changes and outbox rows together', async () => {
    const id = systemIds.next();
    await withTransaction(ctx, unaudited, async (tx) => {
      await tx.widgets.add(id);
      await tx.emit(event(id));
    });
    expect(await readerOf(ctx).widgets.countOf(id)).toBe(0);
    const rows = await postgres.query('select destination, type, sequence from shop.outbox where subject = $1', [id]);
    expect(rows).toEqual([{ destination: 'events', type: 'widget.made.v1', sequence: '1' }]);
  });

  it('keeps nothing when the work throws', async () => {
    const id = systemIds.next();
    const failing = withTransaction(ctx, unaudited, async (tx) => {
      await tx.widgets.add(id);
      await tx.emit(event(id));
      throw new Error('no');
    });
    await expect(failing).rejects.toThrow('no');
    expect(await readerOf(ctx).widgets.countOf(id)).toBeUndefined();
    expect(await postgres.query('select 1 from shop.outbox where subject = $1', [id])).toEqual([]);
  });
});

void allow;
