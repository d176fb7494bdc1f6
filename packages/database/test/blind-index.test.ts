import { randomBytes } from 'node:crypto';
import { systemIds } from '@bank/domain';
import { staticKeyring } from '@bank/security';
import { raceOf, winners } from '@bank/testing';
import { describe, expect, it } from 'vitest';
import { createBlindIndex, withTransaction } from '#index.ts';
import { openShop, unaudited } from './fixture.ts';

const { ctx, postgres } = await openShop();
const [k1, k2, k3] = [randomBytes(32), randomBytes(32), randomBytes(32)];
const em = () => ctx.database.fork();

/** The index as a process sees it whose keyring holds these keys. */
function emailsUnder(keys: Record<string, Uint8Array>, current: string) {
  return createBlindIndex({
    schema: 'shop',
    table: 'emails',
    keyring: staticKeyring('blind', keys, current),
    unique: true,
  });
}

const emails = emailsUnder({ k1 }, 'k1');
const words = createBlindIndex({
  schema: 'shop',
  table: 'words',
  keyring: staticKeyring('blind', { k1 }, 'k1'),
  unique: false,
});
const newEmail = () => `${systemIds.next()}@example.org`;

describe('a unique index', () => {
  it('finds the owner and nobody else, and stores no value', async () => {
    const [owner, email] = [systemIds.next(), newEmail()];
    expect(await emails.add(em(), owner, [email])).toBe(true);
    expect(await emails.find(em(), email)).toEqual([owner]);
    expect(await emails.find(em(), newEmail())).toEqual([]);
    const stored = await postgres.query(`select encode(digest, 'escape') as digest from shop.emails`);
    expect(JSON.stringify(stored)).not.toContain('example');
  });

  it('gives a value to one of many who ask at once', async () => {
    const email = newEmail();
    const outcomes = await raceOf(20, () =>
      withTransaction(ctx, unaudited, (tx) => emails.add(tx.em, systemIds.next(), [email])),
    );
    expect(winners(outcomes).filter(Boolean)).toHaveLength(1);
    expect(outcomes).toHaveLength(winners(outcomes).length);
    expect(await emails.find(em(), email)).toHaveLength(1);
  });

  it('may be told the same twice', async () => {
    const [owner, email] = [systemIds.next(), newEmail()];
    await emails.add(em(), owner, [email]);
    expect(await emails.add(em(), owner, [email, email])).toBe(true);
  });

  it('takes none of the values when one is somebody else’s', async () => {
    const [taken, free] = [newEmail(), newEmail()];
    await emails.add(em(), systemIds.next(), [taken]);
    expect(await emails.add(em(), systemIds.next(), [free, taken])).toBe(false);
    expect(await emails.find(em(), free)).toEqual([]);
  });

  it('forgets an owner', async () => {
    const [owner, email] = [systemIds.next(), newEmail()];
    await emails.add(em(), owner, [email]);
    await emails.remove(em(), owner);
    expect(await emails.find(em(), email)).toEqual([]);
  });
});

describe('an index that is not unique', () => {
  it('finds all owners of a word', async () => {
    const [ada, bob] = [systemIds.next(), systemIds.next()];
    expect(await words.add(em(), ada, ['lovelace', 'ada'])).toBe(true);
    expect(await words.add(em(), bob, ['lovelace', 'bob'])).toBe(true);
    expect(await words.add(em(), bob, ['lovelace', 'bob'])).toBe(true);
    expect((await words.find(em(), 'lovelace')).toSorted()).toEqual([ada, bob].toSorted());
    expect(await words.find(em(), 'ada')).toEqual([ada]);
  });
});

describe('changing the key', () => {
  it('keeps every value unique and findable while processes with either keyring run, until the old key can go', async () => {
    const [before, during, after] = [emails, emailsUnder({ k1, k2 }, 'k1'), emailsUnder({ k1, k2 }, 'k2')];
    const [old, fresh] = [
      { owner: systemIds.next(), email: newEmail() },
      { owner: systemIds.next(), email: newEmail() },
    ];
    await before.add(em(), old.owner, [old.email]);
    await after.add(em(), fresh.owner, [fresh.email]);

    for (const index of [before, during, after]) {
      expect(await index.find(em(), old.email)).toEqual([old.owner]);
      expect(await index.find(em(), fresh.email)).toEqual([fresh.owner]);
      expect(await index.add(em(), systemIds.next(), [old.email])).toBe(false);
      expect(await index.add(em(), systemIds.next(), [fresh.email])).toBe(false);
    }

    expect(await after.missingUnderKey(em(), 'k2')).toBeGreaterThan(0);
    await expect(after.retire(em(), 'k1')).rejects.toThrow('key k1 of shop.emails is still needed');
    await expect(after.retire(em(), 'k2')).rejects.toThrow('still needed');

    expect(await after.ownersMissing(em(), 'k2', 1000)).toContain(old.owner);
    await postgres.query('delete from shop.emails where owner_id <> all($1)', [[old.owner, fresh.owner]]);
    await after.add(em(), old.owner, [old.email]);
    expect(await after.missingUnderKey(em(), 'k2')).toBe(0);
    expect(await after.retire(em(), 'k1')).toBe(2);

    const newOnly = emailsUnder({ k2 }, 'k2');
    expect(await newOnly.find(em(), old.email)).toEqual([old.owner]);
    expect(await before.find(em(), old.email)).toEqual([]);
  });

  it('counts an owner of whom one value of several is missing', async () => {
    const owner = systemIds.next();
    const both = createBlindIndex({
      schema: 'shop',
      table: 'words',
      keyring: staticKeyring('blind', { k1, k3 }, 'k3'),
      unique: false,
    });
    await postgres.query('delete from shop.words');
    await words.add(em(), owner, ['grace', 'hopper']);
    await both.add(em(), owner, ['grace']);
    expect(await both.ownersMissing(em(), 'k3', 10)).toEqual([owner]);
    await both.add(em(), owner, ['grace', 'hopper']);
    expect(await both.missingUnderKey(em(), 'k3')).toBe(0);
  });
});
