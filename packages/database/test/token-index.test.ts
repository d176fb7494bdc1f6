import { randomBytes } from 'node:crypto';
import { systemIds } from '@bank/domain';
import { type Keyring, staticKeyring } from '@bank/security';
import { raceOf, winners } from '@bank/testing';
import { beforeEach, describe, expect, it } from 'vitest';
import { createTokenIndex, withTransaction } from '#index.ts';
import { openShop, unaudited } from './fixture.ts';

const { ctx, postgres } = await openShop();
const [k1, k2] = [randomBytes(32), randomBytes(32)];
const old = staticKeyring('blind', { k1 }, 'k1');
const both = staticKeyring('blind', { k1, k2 }, 'k2');
const em = () => ctx.database.fork();

function tagsUnder(keyring: Keyring, scanMax = 500) {
  return createTokenIndex({ schema: 'shop', table: 'tags', keyring, scanMax });
}

const tags = tagsUnder(old);

/** Owners of these terms, in the order in which they were made. */
async function given(count: number, terms: (index: number) => readonly string[], index = tags): Promise<string[]> {
  const owners = Array.from({ length: count }, () => systemIds.next());
  for (const [at, owner] of owners.entries()) await index.replace(em(), owner, terms(at));
  return owners;
}

async function allPages(terms: readonly string[], limit: number, index = tags) {
  const pages: (readonly string[])[] = [];
  let before: string | undefined;
  do {
    const page = await index.page(em(), { terms, limit, before });
    pages.push(page.owners);
    before = page.next;
  } while (before !== undefined);
  return pages;
}

beforeEach(async () => {
  await postgres.query('delete from shop.tags');
});

describe('a token index', () => {
  it('finds who has all of the terms, the latest first, and stores no term', async () => {
    const owners = await given(6, (at) => ['red', at % 2 === 0 ? 'round' : 'square']);
    expect(await tags.page(em(), { terms: ['red', 'round'], limit: 10 })).toEqual({
      owners: [owners[4], owners[2], owners[0]],
      next: undefined,
    });
    expect((await tags.page(em(), { terms: ['red'], limit: 10 })).owners).toEqual(owners.toReversed());
    expect(await tags.page(em(), { terms: ['red', 'blue'], limit: 10 })).toEqual({ owners: [], next: undefined });
    const stored = await postgres.query(`select encode(token, 'escape') as token from shop.tags`);
    expect(JSON.stringify(stored)).not.toMatch(/red|round|square/);
  });

  it('goes page after page, and nobody is missed or shown twice', async () => {
    const owners = await given(7, () => ['red']);
    const pages = await allPages(['red'], 3);
    expect(pages.map(({ length }) => length)).toEqual([3, 3, 1]);
    expect(pages.flat()).toEqual(owners.toReversed());
  });

  it('looks at so many owners a page and no more, and goes on from there', async () => {
    const owners = await given(9, (at) => ['red', 'blue', ...(at === 0 ? ['rare one'] : [])]);
    await given(9, (at) => [at % 2 === 0 ? 'red' : 'blue']);
    const pages = await allPages(['red', 'blue'], 5, tagsUnder(old, 4));
    expect(pages.flat()).toEqual(owners.toReversed());
    expect(pages.length).toBeGreaterThan(2);
    expect(pages.every(({ length }) => length <= 4)).toBe(true);
    // The rarest term leads, so that one page is enough.
    expect(await allPages(['red', 'rare one', 'blue'], 5, tagsUnder(old, 4))).toEqual([[owners[0]]]);
  });

  it('replaces what an owner is found by', async () => {
    const [owner = ''] = await given(1, () => ['red', 'round']);
    await tags.replace(em(), owner, ['red', 'square', 'square']);
    expect((await tags.page(em(), { terms: ['round'], limit: 10 })).owners).toEqual([]);
    expect((await tags.page(em(), { terms: ['red', 'square'], limit: 10 })).owners).toEqual([owner]);
    await tags.replace(em(), owner, []);
    expect(await postgres.query('select 1 from shop.tags')).toEqual([]);
  });

  it('takes many writers of one owner', async () => {
    const owner = systemIds.next();
    const written = await raceOf(10, (at) =>
      withTransaction(ctx, unaudited, (tx) => tags.replace(tx.em, owner, ['red', `turn ${at}`])),
    );
    expect(winners(written).length).toBe(10);
    expect((await tags.page(em(), { terms: ['red'], limit: 10 })).owners).toEqual([owner]);
  });
});

describe('changing the key', () => {
  it('finds everybody with both keys live, once, and the old one is forgotten in parts', async () => {
    const [before, during] = [await given(2, () => ['red']), await given(2, () => ['red'], tagsUnder(both))];
    const everybody = [...before, ...during].toReversed();
    expect((await allPages(['red'], 3, tagsUnder(both))).flat()).toEqual(everybody);
    expect((await tags.page(em(), { terms: ['red'], limit: 10 })).owners).toEqual(everybody);

    for (const owner of before) await tagsUnder(both).replace(em(), owner, ['red']);
    expect(await tagsUnder(both).countUnder(em(), 'k1', 3)).toBe(3);
    await expect(tagsUnder(both).forgetUnder(em(), 'k2', 3)).rejects.toThrow('key k2 of shop.tags is the current one');
    expect(await tagsUnder(both).forgetUnder(em(), 'k1', 3)).toBe(3);
    expect(await tagsUnder(both).forgetUnder(em(), 'k1', 3)).toBe(1);
    const newOnly = tagsUnder(staticKeyring('blind', { k2 }, 'k2'));
    expect((await newOnly.page(em(), { terms: ['red'], limit: 10 })).owners).toEqual(everybody);
  });
});
