import { parse, type UserId, UserIdSchema, uuidv7 } from '@bank/domain';
import { losers, raceOf, winners } from '@bank/testing';
import { describe, expect, it } from 'vitest';
import { type ConsumedApproval, withTransaction } from '#index.ts';
import { openShop, unaudited } from './fixture.ts';

const { postgres, ctx } = await openShop();
const rounds = 20;
const newId = (): UserId => parse(UserIdSchema, uuidv7());

function approval(changes: Partial<ConsumedApproval> = {}): ConsumedApproval {
  const digest = Buffer.alloc(32, 1);
  const people = { makerId: newId(), checkerId: newId() };
  return { id: uuidv7(), action: 'user.close', digest, ...people, at: new Date(), ...changes };
}

/** Executes an approval: adds to a widget, if this is the first time. */
function execute(used: ConsumedApproval, widget: string): Promise<boolean> {
  return withTransaction(ctx, unaudited, async (tx) => {
    const isFirst = await tx.approvals.consume(used);
    if (isFirst) await tx.widgets.increment(widget);
    return isFirst;
  });
}

async function givenWidget(): Promise<string> {
  const id = uuidv7();
  await withTransaction(ctx, unaudited, (tx) => tx.widgets.add(id));
  return id;
}

async function countOf(widget: string): Promise<number> {
  const [row] = await postgres.query<{ count: number }>('select count from shop.widgets where id = $1', [widget]);
  return row?.count ?? -1;
}

describe('SR-71 an approval', () => {
  it('is used once, and again by the same checker without effect', async () => {
    const [used, widget] = [approval(), await givenWidget()];
    expect([await execute(used, widget), await execute({ ...used, at: new Date() }, widget)]).toEqual([true, false]);
    expect(await countOf(widget)).toBe(1);
  });

  it.each<[string, Partial<ConsumedApproval>]>([
    ['by another checker', { checkerId: newId() }],
    ['for another action', { action: 'user.suspend' }],
    ['for another payload', { digest: Buffer.alloc(32, 2) }],
    ['of another maker', { makerId: newId() }],
  ])('is not used again %s', async (_, changes) => {
    const [used, widget] = [approval(), await givenWidget()];
    await execute(used, widget);
    await expect(execute({ ...used, ...changes }, widget)).rejects.toMatchObject({ code: 'approval.already_decided' });
    expect(await countOf(widget)).toBe(1);
  });

  it('is not used up by a transaction that fails', async () => {
    const [used, widget] = [approval(), await givenWidget()];
    const failing = withTransaction(ctx, unaudited, async (tx) => {
      await tx.approvals.consume(used);
      throw new Error('refused after all');
    });
    await expect(failing).rejects.toThrow('refused after all');
    expect(await execute(used, widget)).toBe(true);
  });

  it('has one effect when two people execute it at once, each of them eight times', { timeout: 60_000 }, async () => {
    for (let round = 0; round < rounds; round += 1) {
      const [used, widget, other] = [approval(), await givenWidget(), newId()];
      const outcomes = await raceOf(16, (number) =>
        execute(number % 2 === 0 ? used : { ...used, checkerId: other }, widget),
      );
      expect(winners(outcomes).filter((isFirst) => isFirst)).toHaveLength(1);
      expect(winners(outcomes)).toHaveLength(8);
      expect(losers(outcomes)).toEqual(Array(8).fill(expect.objectContaining({ code: 'approval.already_decided' })));
      expect(await countOf(widget)).toBe(1);
      const rows = await postgres.query('select id from shop.approvals_consumed where id = $1', [used.id]);
      expect(rows).toHaveLength(1);
    }
  });
});
