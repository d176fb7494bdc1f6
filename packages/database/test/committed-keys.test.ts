import { randomBytes, randomUUID } from 'node:crypto';
import { systemIds } from '@bank/domain';
import { staticKeyring } from '@bank/security';
import { raceOf, until, winners } from '@bank/testing';
import { describe, expect, it, test } from 'vitest';
import { createIdempotencyStore, createPiiVault, type IdempotencyScope, withTransaction } from '#index.ts';
import { openShop, unaudited, widgetMade } from './fixture.ts';

const { ctx, postgres } = await openShop();
const vault = createPiiVault({ schema: 'shop', keyring: staticKeyring('kek', { k1: randomBytes(32) }, 'k1') });
const keyring = staticKeyring('idempotency', { i1: randomBytes(32) }, 'i1');
/** Its claims lapse before anybody looks. */
const store = createIdempotencyStore({ database: ctx.database, vault, keyring, claimSeconds: 0.001 });

const request = Buffer.from('a'.repeat(32));
const newScope = (): IdempotencyScope => ({ userId: systemIds.next(), route: 'POST /v1/widgets', key: randomUUID() });

/** Claims a key that is new, or whose claim has lapsed. */
function claimed(scope: IdempotencyScope): Promise<string> {
  return until(async () => {
    const begun = await store.begin(scope, request);
    return typeof begun === 'object' && 'claim' in begun ? begun.claim : expect.unreachable();
  });
}

/** Makes a widget within a claim, and tells of it or not; gives its id. */
function makeWidget(scope: IdempotencyScope, claim: string, tells = true): Promise<string> {
  return store.within(scope, claim, async () => {
    const id = systemIds.next();
    await withTransaction(ctx, unaudited, async (tx) => {
      await tx.widgets.add(id);
      if (tells) await tx.emit(widgetMade(id));
    });
    return id;
  });
}

const madeOf = (ids: readonly string[]) => postgres.query('select id from shop.widgets where id = any($1)', [ids]);

describe('SR-73 whoever dies between the commit and the answer', () => {
  it('is not run again: the key says that it was interrupted', async () => {
    const scope = newScope();
    await makeWidget(scope, await claimed(scope));
    await until(async () => expect(await store.begin(scope, request)).toBe('interrupted'));
    expect(await store.begin(scope, Buffer.from('b'.repeat(32)))).toBe('conflict');
  });

  it('is run again where nothing was told to anybody', async () => {
    const scope = newScope();
    await makeWidget(scope, await claimed(scope), false);
    expect(await claimed(scope)).toBeTypeOf('string');
  });

  it('is run again where nothing was committed', async () => {
    const scope = newScope();
    const failed = store.within(scope, await claimed(scope), () =>
      withTransaction(ctx, unaudited, async (tx) => {
        await tx.emit(widgetMade(systemIds.next()));
        throw new Error('too bad');
      }),
    );
    await expect(failed).rejects.toThrow('too bad');
    expect(await claimed(scope)).toBeTypeOf('string');
  });

  it('can still give its answer, for as long as no other has', async () => {
    const scope = newScope();
    const claim = await claimed(scope);
    await makeWidget(scope, claim);
    const answer = { status: 201, headers: {}, body: '{}' };
    await store.finish(scope, claim, answer);
    expect(await store.begin(scope, request)).toEqual({ replay: answer });
  });

  it('begins anew after 24 h', async () => {
    const scope = newScope();
    await makeWidget(scope, await claimed(scope));
    await postgres.query('update shop.idempotency_keys set expires_at = now() where user_id = $1', [scope.userId]);
    const id = await makeWidget(scope, await claimed(scope));
    expect(await madeOf([id])).toHaveLength(1);
  });
});

test('what a request leaves behind commits without its key', async () => {
  const scope = newScope();
  const { promise: later, resolve: begin } = Promise.withResolvers<void>();
  let left: Promise<void> | undefined;
  const claim = await claimed(scope);
  await store.within(scope, claim, async () => {
    left = later.then(() => withTransaction(ctx, unaudited, (tx) => tx.emit(widgetMade(systemIds.next()))));
  });
  await claimed(scope);
  begin();
  await expect(left).resolves.toBeUndefined();
  expect(await claimed(scope)).toBeTypeOf('string');
});

test('SR-73 whose claim was taken over commits nothing', async () => {
  const scope = newScope();
  const lapsed = await claimed(scope);
  const claim = await claimed(scope);
  await expect(makeWidget(scope, lapsed)).rejects.toMatchObject({ code: 'service.unavailable' });
  const id = await makeWidget(scope, claim);
  expect(await madeOf([id])).toHaveLength(1);
});

test('SR-73 of those who held one key in turn, one commits (20 rounds)', async () => {
  for (let round = 0; round < 20; round += 1) {
    const scope = newScope();
    const claims = [await claimed(scope), await claimed(scope), await claimed(scope)];
    const made = winners(await raceOf(claims.length, (index) => makeWidget(scope, claims[index] ?? '')));
    expect(made).toHaveLength(1);
    expect(await madeOf(made)).toHaveLength(1);
  }
});
