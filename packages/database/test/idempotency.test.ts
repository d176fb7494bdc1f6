import { randomBytes, randomUUID } from 'node:crypto';
import { systemIds } from '@bank/domain';
import { staticKeyring } from '@bank/security';
import { raceOf, until, winners } from '@bank/testing';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { createIdempotencyStore, createPiiVault, type IdempotencyScope } from '#index.ts';
import { openShop } from './fixture.ts';

const { ctx, postgres } = await openShop();
const vault = createPiiVault({ schema: 'shop', keyring: staticKeyring('kek', { k1: randomBytes(32) }, 'k1') });
const [i1, i2] = [randomBytes(32), randomBytes(32)];
const storeUnder = (keys: Record<string, Uint8Array>, current: string, claimSeconds?: number) =>
  createIdempotencyStore({
    database: ctx.database,
    vault,
    keyring: staticKeyring('idempotency', keys, current),
    ...(claimSeconds !== undefined && { claimSeconds }),
  });
const store = storeUnder({ i1 }, 'i1');
/** Its claims lapse before anybody looks. */
const hasty = storeUnder({ i1 }, 'i1', 0.001);

const newScope = (): IdempotencyScope => ({ userId: systemIds.next(), route: 'POST /v1/widgets', key: randomUUID() });
const request = Buffer.from('a'.repeat(32));
const otherRequest = Buffer.from('b'.repeat(32));
const answer = { status: 201, headers: { location: '/v1/widgets/1' }, body: '{"secret":"number 42"}' };

const isNew = { claim: expect.any(String) };

/** Claims a key, and gives the claim. */
async function claimed(scope: IdempotencyScope, by = store): Promise<string> {
  const begun = await by.begin(scope, request);
  return typeof begun === 'object' && 'claim' in begun ? begun.claim : expect.unreachable();
}

/** Claims a key that was claimed before and not answered, once that has lapsed. */
function takenOver(scope: IdempotencyScope, by = store): Promise<string> {
  return until(() => claimed(scope, by));
}

describe('a key', () => {
  it('is new once, running until answered, and then replayed', async () => {
    const scope = newScope();
    const claim = await claimed(scope);
    expect(await store.begin(scope, request)).toBe('running');
    await store.finish(scope, claim, answer);
    expect(await store.begin(scope, request)).toEqual({ replay: answer });
  });

  it('is a conflict with another request, running or answered', async () => {
    const scope = newScope();
    const claim = await claimed(scope);
    expect(await store.begin(scope, otherRequest)).toBe('conflict');
    await store.finish(scope, claim, answer);
    expect(await store.begin(scope, otherRequest)).toBe('conflict');
  });

  it('belongs to one user and one route', async () => {
    const scope = newScope();
    await store.begin(scope, request);
    expect(await store.begin({ ...scope, userId: systemIds.next() }, otherRequest)).toEqual(isNew);
    expect(await store.begin({ ...scope, route: 'POST /v1/other' }, otherRequest)).toEqual(isNew);
  });

  it('can be given back', async () => {
    const scope = newScope();
    await store.release(scope, await claimed(scope));
    expect(await store.begin(scope, otherRequest)).toEqual(isNew);
  });

  it('stays answered when it is given back too late', async () => {
    const scope = newScope();
    const claim = await claimed(scope);
    await store.finish(scope, claim, answer);
    await store.release(scope, claim);
    expect(await store.begin(scope, request)).toEqual({ replay: answer });
  });

  it.each(Array.from({ length: 20 }, (_, round) => round + 1))('is won by one of 20 at once (round %i)', async () => {
    const scope = newScope();
    const outcomes = winners(await raceOf(20, () => store.begin(scope, request)));
    expect(outcomes.filter((outcome) => typeof outcome === 'object')).toHaveLength(1);
    expect(outcomes.filter((outcome) => outcome === 'running')).toHaveLength(19);
  });
});

describe('time', () => {
  const earlier = (scope: IdempotencyScope, by: string) =>
    postgres.query(
      `update shop.idempotency_keys set claimed_until = claimed_until - $2::interval, expires_at = expires_at - $2::interval
         where user_id = $1`,
      [scope.userId, by],
    );

  it('lets the same request claim anew after a minute without an answer, and one only', async () => {
    const scope = newScope();
    await claimed(scope);
    await earlier(scope, '59 seconds');
    expect(await store.begin(scope, request)).toBe('running');
    await earlier(scope, '2 seconds');
    expect(await store.begin(scope, otherRequest)).toBe('conflict');
    const outcomes = winners(await raceOf(10, () => store.begin(scope, request)));
    expect(outcomes.filter((outcome) => typeof outcome === 'object')).toHaveLength(1);
  });

  it('forgets after 24 h', async () => {
    const scope = newScope();
    await store.finish(scope, await claimed(scope), answer);
    await earlier(scope, '23 hours 59 minutes');
    expect(await store.begin(scope, request)).toEqual({ replay: answer });
    await earlier(scope, '1 minute');
    expect(await store.begin(scope, otherRequest)).toEqual(isNew);
  });

  it('is that of the database: a process whose clock is ahead takes over no claim that runs', async () => {
    const scope = newScope();
    await claimed(scope);
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 3_600_000 });
    onTestFinished(() => void vi.useRealTimers());
    expect(await store.begin(scope, request)).toBe('running');
  });
});

describe('a claim that lapsed', () => {
  it('does not give back what another has taken over', async () => {
    const scope = newScope();
    const lapsed = await claimed(scope, hasty);
    const claim = await takenOver(scope);
    await store.release(scope, lapsed);
    expect(await store.begin(scope, request)).toBe('running');
    await store.finish(scope, claim, answer);
    expect(await store.begin(scope, request)).toEqual({ replay: answer });
  });

  it('does not answer for who has taken over', async () => {
    const scope = newScope();
    const lapsed = await claimed(scope, hasty);
    const claim = await takenOver(scope);
    await store.finish(scope, lapsed, { ...answer, body: '"late"' });
    expect(await store.begin(scope, request)).toBe('running');
    await store.finish(scope, claim, answer);
    await store.finish(scope, lapsed, { ...answer, body: '"late"' });
    expect(await store.begin(scope, request)).toEqual({ replay: answer });
  });

  it('keeps its answer while no other has', async () => {
    const scope = newScope();
    const lapsed = await claimed(scope, hasty);
    await store.finish(scope, lapsed, answer);
    expect(await store.begin(scope, request)).toEqual({ replay: answer });
  });

  it('differs from each one after it, however quickly they follow', async () => {
    const scope = newScope();
    const claims = [await claimed(scope, hasty)];
    while (claims.length < 50) claims.push(await takenOver(scope, hasty));
    expect(new Set(claims).size).toBe(50);
  });
});

describe('what is stored', () => {
  it('shows neither key, nor request, nor answer', async () => {
    const scope = newScope();
    await store.finish(scope, await claimed(scope), answer);
    const [row] = await postgres.query<Record<string, Buffer>>(
      'select key_hash, request_hash, answer from shop.idempotency_keys where user_id = $1',
      [scope.userId],
    );
    const stored = Buffer.concat(Object.values(row ?? {})).toString('latin1');
    expect(stored).not.toContain('number 42');
    expect(stored).not.toContain(request.toString());
    expect(stored).not.toContain(scope.key);
  });

  it('survives a change of the key that hashes requests', async () => {
    const scope = newScope();
    await store.finish(scope, await claimed(scope), answer);
    const rotated = storeUnder({ i1, i2 }, 'i2');
    expect(await rotated.begin(scope, request)).toEqual({ replay: answer });
    expect(await rotated.begin(scope, otherRequest)).toBe('conflict');
  });

  it('keeps no answer of a user who was erased meanwhile', async () => {
    const scope = newScope();
    await vault.createKeys(ctx.database.fork(), scope.userId);
    const claim = await claimed(scope);
    await vault.destroyKeys(ctx.database.fork(), scope.userId, 'erasable');
    await store.finish(scope, claim, answer);
    expect(await postgres.query('select 1 from shop.idempotency_keys where user_id = $1', [scope.userId])).toEqual([]);
  });
});
