import { randomBytes } from 'node:crypto';
import { systemIds } from '@bank/domain';
import { SealBroken, staticKeyring } from '@bank/security';
import { raceOf, until, winners } from '@bank/testing';
import { describe, expect, it } from 'vitest';
import {
  createPiiVault,
  DataKeyMissing,
  dataKeysByKek,
  type KeyClass,
  rewrapDataKeys,
  type SealedPlace,
  withTransaction,
} from '#index.ts';
import { openShop, unaudited } from './fixture.ts';

const { ctx, postgres } = await openShop();
const [k1, k2] = [randomBytes(32), randomBytes(32)];
const keyring = staticKeyring('kek', { k1 }, 'k1');
const vault = createPiiVault({ schema: 'shop', keyring });
/** A vault of another process: it remembers nothing. */
const elsewhere = () => createPiiVault({ schema: 'shop', keyring });
const reading = () => ctx.database.fork();

const place = (userId: string, keyClass: KeyClass = 'erasable'): SealedPlace => ({
  userId,
  table: 'widgets',
  group: 'names',
  keyClass,
});

async function newUser(): Promise<string> {
  const userId = systemIds.next();
  await withTransaction(ctx, unaudited, (tx) => vault.createKeys(tx.em, userId));
  return userId;
}

describe('sealed records (SR-84)', () => {
  it('open where they belong, in another process too', async () => {
    const userId = await newUser();
    const sealed = await vault.seal(reading(), place(userId), { first: 'Ada', last: 'Lovelace' });
    expect(sealed.toString('latin1')).not.toContain('Ada');
    expect(await elsewhere().open(reading(), place(userId), sealed)).toEqual({ first: 'Ada', last: 'Lovelace' });
  });

  it('of many users open with the keys that one statement fetched', async () => {
    const users = [await newUser(), await newUser(), await newUser()];
    const sealed = await Promise.all(users.map((userId) => vault.seal(reading(), place(userId), { userId })));
    const batch = elsewhere();
    await batch.loadKeys(reading(), users.slice(0, 2));
    await postgres.query('delete from shop.data_keys where user_id = any($1)', [users]);
    const opened = users.map((userId, n) => batch.open(reading(), place(userId), sealed[n] ?? Buffer.alloc(0)));
    await expect(opened[0]).resolves.toEqual({ userId: users[0] });
    await expect(opened[1]).resolves.toEqual({ userId: users[1] });
    await expect(opened[2]).rejects.toThrow(DataKeyMissing);
  });

  it('do not open for another user, table, group or key class', async () => {
    const [userId, other] = [await newUser(), await newUser()];
    const sealed = await vault.seal(reading(), place(userId), { first: 'Ada' });
    const moved: SealedPlace[] = [
      place(other),
      { ...place(userId), table: 'items' },
      { ...place(userId), group: 'addresses' },
      place(userId, 'retained'),
    ];
    for (const where of moved) {
      await expect(vault.open(reading(), where, sealed)).rejects.toThrow(SealBroken);
    }
  });

  it('do not open when two rows had their contents swapped', async () => {
    const [ada, bob] = [await newUser(), await newUser()];
    await postgres.query('create table if not exists shop.people (id uuid primary key, names bytea)');
    for (const [userId, first] of [[ada, 'Ada'] as const, [bob, 'Bob'] as const]) {
      const sealed = await vault.seal(reading(), place(userId), { first });
      await postgres.query('insert into shop.people values ($1, $2)', [userId, sealed]);
    }
    await postgres.query(
      'update shop.people p set names = o.names from shop.people o where o.id <> p.id and p.id = any($1) and o.id = any($1)',
      [[ada, bob]],
    );
    const rows = await postgres.query<{ id: string; names: Buffer }>('select * from shop.people');
    for (const { id, names } of rows) {
      await expect(vault.open(reading(), place(id), names)).rejects.toThrow(SealBroken);
    }
    expect(rows).toHaveLength(2);
  });

  it('do not open when the keys of two users were swapped', async () => {
    const [ada, bob] = [await newUser(), await newUser()];
    const sealed = await vault.seal(reading(), place(ada), { first: 'Ada' });
    await postgres.query(
      `update shop.data_keys k set wrapped = o.wrapped from shop.data_keys o
        where k.user_id = $1 and o.user_id = $2 and k.key_class = o.key_class`,
      [bob, ada],
    );
    await expect(elsewhere().open(reading(), place(bob), sealed)).rejects.toThrow(SealBroken);

    const report = await rewrapDataKeys(ctx.database, staticKeyring('kek', { k1, k2 }, 'k2'));
    expect(report.broken).toHaveLength(2);
    await postgres.query('delete from shop.data_keys'); // what comes now begins anew under k1
  });
});

describe('data keys', () => {
  it('are made once, also in a race', async () => {
    const userId = systemIds.next();
    const made = await raceOf(10, () => withTransaction(ctx, unaudited, (tx) => elsewhere().createKeys(tx.em, userId)));
    expect(winners(made)).toHaveLength(10);
    const rows = await postgres.query('select key_class, kek_id from shop.data_keys where user_id = $1 order by 1', [
      userId,
    ]);
    expect(rows).toEqual([
      { key_class: 'erasable', kek_id: 'k1' },
      { key_class: 'retained', kek_id: 'k1' },
    ]);
  });

  it('of a transaction that was rolled back seal nothing afterwards', async () => {
    const userId = systemIds.next();
    const rolledBack = withTransaction(ctx, unaudited, async (tx) => {
      await vault.createKeys(tx.em, userId);
      await vault.seal(tx.em, place(userId), { first: 'Ada' });
      const fork = tx.em.fork({ keepTransactionContext: true });
      await vault.seal(fork, place(userId), { first: 'Ada' });
      throw new Error('rolled back');
    });
    await expect(rolledBack).rejects.toThrow('rolled back');
    await expect(vault.seal(reading(), place(userId), { first: 'Ada' })).rejects.toThrow(DataKeyMissing);
  });

  it('are missing for a user who has none', async () => {
    await expect(vault.seal(reading(), place(systemIds.next()), {})).rejects.toThrow('there is no erasable data key');
  });
});

describe('destroying', () => {
  it('makes one class of records unreadable for good and leaves a tombstone', async () => {
    const userId = await newUser();
    const erasable = await vault.seal(reading(), place(userId), { first: 'Ada' });
    const retained = await vault.seal(reading(), place(userId, 'retained'), { invoice: '1' });
    const tombstones = await withTransaction(ctx, unaudited, (tx) => vault.destroyKeys(tx.em, userId, 'erasable'));
    expect(tombstones).toMatchObject([{ userId, keyClass: 'erasable' }]);
    for (const reader of [vault, elsewhere()]) {
      await expect(reader.open(reading(), place(userId), erasable)).rejects.toThrow(DataKeyMissing);
      expect(await reader.open(reading(), place(userId, 'retained'), retained)).toEqual({ invoice: '1' });
    }
    await expect(vault.createKeys(reading(), userId)).rejects.toThrow(DataKeyMissing);
    expect(await postgres.query('select wrapped from shop.data_keys where id = $1', [tombstones[0]?.keyId])).toEqual([
      { wrapped: null },
    ]);
  });

  it('is heard of by every process, which forgets the key at once', async () => {
    const others = [elsewhere(), elsewhere()];
    const stops = await Promise.all(others.map((other) => other.followDestructions(ctx.database)));
    const [userId, bystander] = [await newUser(), await newUser()];
    const sealed = await vault.seal(reading(), place(userId), { first: 'Ada' });
    const kept = await vault.seal(reading(), place(bystander), { first: 'Bob' });
    for (const other of others) expect(await other.open(reading(), place(userId), sealed)).toEqual({ first: 'Ada' });

    await withTransaction(ctx, unaudited, async (tx) => {
      await vault.destroyKeys(tx.em, userId, 'erasable');
      // Read by others before it is committed: they do not keep it either.
      for (const other of others) expect(await other.open(reading(), place(userId), sealed)).toEqual({ first: 'Ada' });
    });
    for (const other of others) {
      await until(() =>
        other.open(reading(), place(userId), sealed).then(
          () => false,
          () => true,
        ),
      );
      await expect(other.open(reading(), place(userId), sealed)).rejects.toThrow(DataKeyMissing);
      expect(await other.open(reading(), place(bystander), kept)).toEqual({ first: 'Bob' });
    }
    await Promise.all(stops.map((stop) => stop()));
  });

  it('is done again after a restore to before it, whose tombstone is gone', async () => {
    const userId = await newUser();
    const backup = await postgres.query<{ id: string; wrapped: Buffer }>(
      'select id, wrapped from shop.data_keys where user_id = $1',
      [userId],
    );
    const sealed = await vault.seal(reading(), place(userId), { first: 'Ada' });
    await vault.destroyKeys(reading(), userId, 'erasable');
    await postgres.query('delete from shop.data_key_tombstones where user_id = $1', [userId]);
    for (const { id, wrapped } of backup) {
      await postgres.query(`update shop.data_keys set wrapped = $2, kek_id = 'k1', destroyed_at = null where id = $1`, [
        id,
        wrapped,
      ]);
    }
    expect(await elsewhere().open(reading(), place(userId), sealed)).toEqual({ first: 'Ada' });

    expect(await vault.destroyKeys(reading(), userId, 'erasable')).toMatchObject([{ userId, keyClass: 'erasable' }]);
    await expect(elsewhere().open(reading(), place(userId), sealed)).rejects.toThrow(DataKeyMissing);
    expect(await vault.destroyKeys(reading(), userId, 'erasable')).toEqual([]);
  });

  it('is undone with its transaction', async () => {
    const userId = await newUser();
    const sealed = await vault.seal(reading(), place(userId), { first: 'Ada' });
    const undone = withTransaction(ctx, unaudited, async (tx) => {
      await vault.destroyKeys(tx.em, userId, 'erasable');
      throw new Error('undone');
    });
    await expect(undone).rejects.toThrow('undone');
    expect(await vault.open(reading(), place(userId), sealed)).toEqual({ first: 'Ada' });
  });
});

describe('changing the key-encryption key', () => {
  it('wraps every key again, in parallel too, and opens all that was sealed', async () => {
    const users = await Promise.all(Array.from({ length: 5 }, newUser));
    const sealed = await Promise.all(users.map((userId) => vault.seal(reading(), place(userId), { userId })));
    const both = staticKeyring('kek', { k1, k2 }, 'k2');
    const before = (await dataKeysByKek(ctx.database)).get('k1');
    const done = await Promise.all([rewrapDataKeys(ctx.database, both), rewrapDataKeys(ctx.database, both)]);
    expect(done[0].rewrapped + done[1].rewrapped).toBe(before);
    expect([...(await dataKeysByKek(ctx.database)).keys()]).toEqual(['k2']);

    const newOnly = createPiiVault({ schema: 'shop', keyring: staticKeyring('kek', { k2 }, 'k2') });
    const opened = await Promise.all(
      users.map((userId, index) => newOnly.open(reading(), place(userId), sealed[index] ?? Buffer.alloc(0))),
    );
    expect(opened).toEqual(users.map((userId) => ({ userId })));
  });
});
