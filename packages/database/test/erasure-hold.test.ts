import { randomBytes } from 'node:crypto';
import { systemIds } from '@bank/domain';
import { staticKeyring } from '@bank/security';
import { raceOf } from '@bank/testing';
import { describe, expect, it } from 'vitest';
import {
  createPiiVault,
  declareDataRights,
  eraseRecords,
  lockForErasure,
  once,
  readerOf,
  type Transaction,
  withTransaction,
} from '#index.ts';
import { openShop, type ShopContext, unaudited } from './fixture.ts';

type HeldContext = ShopContext & Pick<Transaction, 'holdUser'>;

const { ctx, postgres } = await openShop();
const vault = createPiiVault({ schema: 'shop', keyring: staticKeyring('kek', { k1: randomBytes(32) }, 'k1') });

/** A widget is its user's, whose id it has. */
const rights = declareDataRights('shop', {
  personal: { widgets: { whose: 'id = ?', exported: { withheld: 'a test' }, erased: 'deleted' } },
  impersonal: {},
});

const erase = (userId: string) =>
  withTransaction(ctx, unaudited, async (tx) => {
    await lockForErasure(tx.em, 'shop', userId);
    await eraseRecords({ em: tx.em, vault }, rights, userId);
  });

/** Makes the user's widget because of a message, unless the user has been erased; says whether it did. */
async function hear(userId: string, id = systemIds.next()): Promise<boolean> {
  let held = false;
  await once(ctx, 'late', id, async (tx: HeldContext) => {
    held = await tx.holdUser(userId);
    if (held) await withTransaction(tx, unaudited, (inner) => inner.widgets.add(userId));
  });
  return held;
}

describe('SR-88 what comes after an erasure', () => {
  it('is handled once, and writes nothing', async () => {
    const [userId, message] = [systemIds.next(), systemIds.next()];
    await erase(userId);
    expect(await hear(userId, message)).toBe(false);
    expect(await readerOf(ctx).widgets.countOf(userId)).toBeUndefined();
    expect(await postgres.query('select 1 from shop.inbox where message_id = $1', [message])).toHaveLength(1);
  });

  it('writes as ever about everybody else, also who has no keys', async () => {
    const [userId, other] = [systemIds.next(), systemIds.next()];
    await erase(other);
    expect(await hear(userId)).toBe(true);
    await withTransaction(ctx, unaudited, (tx) => vault.createKeys(tx.em, userId));
    await once(ctx, 'late', systemIds.next(), async (tx: HeldContext) => {
      expect(await tx.holdUser(userId)).toBe(true);
    });
  });

  it.each(Array.from({ length: 20 }, (_, round) => round + 1))(
    'leaves nothing of the user when both happen at once (round %i)',
    async () => {
      const userId = systemIds.next();
      await raceOf(6, async (number): Promise<unknown> => (number % 2 === 0 ? erase(userId) : hear(userId)));
      expect(await readerOf(ctx).widgets.countOf(userId)).toBeUndefined();
    },
  );
});
