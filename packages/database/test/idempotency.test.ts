import { randomBytes, randomUUID } from 'node:crypto';
import { systemIds } from '@bank/domain';
import { staticKeyring } from '@bank/security';
import { fixedClock, raceOf, winners } from '@bank/testing';
import { describe, expect, it } from 'vitest';
import { createIdempotencyStore, createPiiVault, type IdempotencyScope } from '#index.ts';
import { openShop } from './fixture.ts';

const { ctx, postgres } = await openShop();
const clock = fixedClock();
const vault = createPiiVault({ schema: 'shop', keyring: staticKeyring('kek', { k1: randomBytes(32) }, 'k1') });
const [i1, i2] = [randomBytes(32), randomBytes(32)];
const storeUnder = (keys: Record<string, Uint8Array>, current: string) =>
  createIdempotencyStore({
    database: ctx.database,
    vault,
    keyring: staticKeyring('idempotency', keys, current),
    clock,
  });
const store = storeUnder({ i1 }, 'i1');

const newScope = (): IdempotencyScope => ({ userId: systemIds.next(), route: 'POST /v1/widgets', key: randomUUID() });
const request = Buffer.from('a'.repeat(32));
const otherRequest = Buffer.from('b'.repeat(32));
const answer = { status: 201, headers: { location: '/v1/widgets/1' }, body: '{"secret":"number 42"}' };

describe('a key', () => {
  it('is new once, running until answered, and then replayed', async () => {
    const scope = newScope();
    expect(await store.begin(scope, request)).toBe('new');
    expect(await store.begin(scope, request)).toBe('running');
    await store.finish(scope, answer);
    expect(await store.begin(scope, request)).toEqual({ replay: answer });
  });

  it('is a conflict with another request, running or answered', async () => {
    const scope = newScope();
    await store.begin(scope, request);
    expect(await store.begin(scope, otherRequest)).toBe('conflict');
    await store.finish(scope, answer);
    expect(await store.begin(scope, otherRequest)).toBe('conflict');
  });

  it('belongs to one user and one route', async () => {
    const scope = newScope();
    await store.begin(scope, request);
    expect(await store.begin({ ...scope, userId: systemIds.next() }, otherRequest)).toBe('new');
    expect(await store.begin({ ...scope, route: 'POST /v1/other' }, otherRequest)).toBe('new');
  });

  it('can be given back', async () => {
    const scope = newScope();
    await store.begin(scope, request);
    await store.release(scope);
    expect(await store.begin(scope, otherRequest)).toBe('new');
  });

  it('stays answered when it is given back too late', async () => {
    const scope = newScope();
    await store.begin(scope, request);
    await store.finish(scope, answer);
    await store.release(scope);
    expect(await store.begin(scope, request)).toEqual({ replay: answer });
  });

  it.each(Array.from({ length: 20 }, (_, round) => round + 1))('is won by one of 20 at once (round %i)', async () => {
    const scope = newScope();
    const outcomes = winners(await raceOf(20, () => store.begin(scope, request)));
    expect(outcomes.filter((outcome) => outcome === 'new')).toHaveLength(1);
    expect(outcomes.filter((outcome) => outcome === 'running')).toHaveLength(19);
  });
});

describe('time', () => {
  it('lets the same request claim anew after a minute without an answer, and one only', async () => {
    const scope = newScope();
    await store.begin(scope, request);
    clock.advance(59_000);
    expect(await store.begin(scope, request)).toBe('running');
    clock.advance(2000);
    expect(await store.begin(scope, otherRequest)).toBe('conflict');
    const outcomes = winners(await raceOf(10, () => store.begin(scope, request)));
    expect(outcomes.filter((outcome) => outcome === 'new')).toHaveLength(1);
  });

  it('forgets after 24 h', async () => {
    const scope = newScope();
    await store.begin(scope, request);
    await store.finish(scope, answer);
    clock.advance(24 * 3_600_000 - 1);
    expect(await store.begin(scope, request)).toEqual({ replay: answer });
    clock.advance(1);
    expect(await store.begin(scope, otherRequest)).toBe('new');
  });
});

describe('what is stored', () => {
  it('shows neither key, nor request, nor answer', async () => {
    const scope = newScope();
    await store.begin(scope, request);
    await store.finish(scope, answer);
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
    await store.begin(scope, request);
    await store.finish(scope, answer);
    const rotated = storeUnder({ i1, i2 }, 'i2');
    expect(await rotated.begin(scope, request)).toEqual({ replay: answer });
    expect(await rotated.begin(scope, otherRequest)).toBe('conflict');
  });

  it('keeps no answer of a user who was erased meanwhile', async () => {
    const scope = newScope();
    await vault.createKeys(ctx.database.fork(), scope.userId);
    await store.begin(scope, request);
    await vault.destroyKeys(ctx.database.fork(), scope.userId, 'erasable');
    await store.finish(scope, answer);
    expect(await postgres.query('select 1 from shop.idempotency_keys where user_id = $1', [scope.userId])).toEqual([]);
  });
});
