import { appNames } from '@bank/scripts/stack';
import { until } from '@bank/testing';
import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { expectStatus, GatewayClient } from '#client.ts';
import { asOwner } from '../../support/database.ts';
import { answersAt, answersWithin, type Door, Everywhere, refusalsSince } from '../../support/everywhere.ts';
import { staffMember } from '../../support/people.ts';
import { publishOn } from '../../support/redis-publish.ts';
import { it, keys, redis } from './stack.ts';

// What architecture.md says under "Revocations", in each of ten processes, with a Redis that can be taken from them.
const rounds = 25;
const names = appNames.flatMap((app) => [app, `${app}-2`]);
const open = everyProcess(200);
const shut = everyProcess(401);

function everyProcess(status: number): Record<string, number> {
  return Object.fromEntries(names.map((name) => [name, status]));
}

let somebody: Everywhere;

async function somebodyJoins(): Promise<void> {
  somebody ??= await Everywhere.join(it.stack);
}

function p99Of(delaysMs: readonly number[]): number {
  return delaysMs.toSorted((a, b) => a - b)[Math.ceil(delaysMs.length * 0.99) - 1] ?? Number.NaN;
}

/** Tokens that were good until a moment ago, refused by every process. */
async function revokedDoors(): Promise<readonly Door[]> {
  const doors = await somebody.signIn();
  await refusalsSince(await somebody.signOut(doors), doors);
  return doors;
}

describe('SR-46 a sign-out', () => {
  beforeAll(somebodyJoins, 60_000);

  test('is known in every process of all five services within a second', { timeout: 240_000 }, async () => {
    const delaysMs: number[] = [];
    for (let round = 0; round < rounds; round += 1) {
      const doors = await somebody.signIn();
      delaysMs.push(...(await refusalsSince(await somebody.signOut(doors), doors)));
    }
    expect(delaysMs).toHaveLength(rounds * names.length);
    expect(p99Of(delaysMs)).toBeLessThanOrEqual(1000);
  });
});

describe('SR-70 what staff do', () => {
  beforeAll(somebodyJoins, 60_000);

  async function administrator(): Promise<string> {
    const { addresses } = it.stack;
    const place = { client: new GatewayClient(addresses.gateway), inboxUrl: addresses.sandbox.http };
    return (await staffMember(it.stack, place, 'admin')).token;
  }

  /** @throws AssertionError when the console refuses it */
  async function act<T>(token: string, method: string, path: string, body: object, status: number): Promise<T> {
    return expectStatus<T>(
      await new GatewayClient(it.stack.addresses.staff).send(method, path, { token, body }),
      status,
    );
  }

  test('a lock is known in every process of all five services within a second', { timeout: 240_000 }, async () => {
    const [token, reason] = [await administrator(), 'asked for by phone'];
    const user = `/v1/admin/users/${somebody.userId}`;
    const delaysMs: number[] = [];
    for (let round = 0; round < rounds; round += 1) {
      const doors = await somebody.signIn();
      await act(token, 'POST', `${user}/lock`, { reason }, 204);
      delaysMs.push(...(await refusalsSince(performance.now(), doors)));
      await act(token, 'POST', `${user}/unlock`, { reason }, 204);
    }
    expect(delaysMs).toHaveLength(rounds * names.length);
    expect(p99Of(delaysMs)).toBeLessThanOrEqual(1000);
  });

  test('other roles, by two people: no token tells of the old ones', { timeout: 60_000 }, async () => {
    const [maker, checker, reason] = [await administrator(), await administrator(), 'another department'];
    const doors = await somebody.signIn();
    const change = { roles: ['customer', 'support'], reason };
    const path = `/v1/admin/users/${somebody.userId}/roles`;
    const { approvalId } = await act<{ approvalId: string }>(maker, 'PUT', path, change, 202);
    await act(checker, 'POST', `/v1/admin/approvals/${approvalId}/approve`, {}, 204);
    expect(Math.max(...(await refusalsSince(performance.now(), doors)))).toBeLessThanOrEqual(1000);
  });
});

describe('SR-46 while Redis is in trouble', { timeout: 90_000 }, () => {
  let revoked: readonly Door[];
  let live: readonly Door[];
  beforeAll(somebodyJoins, 60_000);
  beforeEach(async () => {
    await redis.restore();
    revoked = await revokedDoors();
    live = await somebody.signIn();
  }, 60_000);

  /** For a while: what was revoked opens nothing, ever. Afterwards what is live opens everything. */
  async function expectTruth(ms: number): Promise<void> {
    const seen = await answersWithin(ms, revoked);
    expect([...seen].filter((status) => status !== 401 && status !== 503)).toEqual([]);
    await until(async () => Object.values(await answersAt(live)).every((status) => status === 200));
    expect(await answersAt(revoked)).toEqual(shut);
  }

  test('flushed: revoked stays revoked, and a sign-out is known within a second', async () => {
    await keys.empty();
    await expectTruth(2000);
    expect(Math.max(...(await refusalsSince(await somebody.signOut(live), live)))).toBeLessThanOrEqual(1000);
  });

  test('stopped: revoked stays revoked, live tokens work by refills, a sign-out is known at the next one', async () => {
    await redis.cut();
    await expectTruth(7000);
    const delaysMs = await refusalsSince(await somebody.signOut(live), live);
    expect(Math.max(...delaysMs)).toBeLessThanOrEqual(8000);
  });

  test('restarted empty: revoked stays revoked, what was ended meanwhile too, and pushes go on', async () => {
    await redis.cut();
    await keys.empty();
    await somebody.signOut(live);
    const ended = live;
    live = await somebody.signIn();
    await redis.restore();
    await refusalsSince(performance.now(), ended);
    revoked = [...revoked, ...ended];
    await expectTruth(6000);
    expect(Math.max(...(await refusalsSince(await somebody.signOut(live), live)))).toBeLessThanOrEqual(1000);
  });

  test('silent for five seconds: refilled by ListRevocations', async () => {
    redis.hang();
    await expectTruth(8000);
    const delaysMs = await refusalsSince(await somebody.signOut(live), live);
    expect(Math.max(...delaysMs)).toBeLessThanOrEqual(8000);
    await redis.restore();
  });

  test.each([
    ['a gap', (state: FeedState) => ({ ...state, number: state.number + 5 })],
    ['an unknown epoch', (state: FeedState) => ({ ...state, epoch: state.epoch + 1_000_000 })],
  ])('%s in what is pushed: asked for, and nothing is probably fine', async (_, forge) => {
    const message = { ...forge(await feedState()), entries: [] };
    await publishOn(keys.url, `${keys.keyPrefix}revocations`, JSON.stringify(message));
    await expectTruth(3000);
    expect(Math.max(...(await refusalsSince(await somebody.signOut(live), live)))).toBeLessThanOrEqual(1500);
  });
});

interface FeedState {
  readonly epoch: number;
  readonly number: number;
}

async function feedState(): Promise<FeedState> {
  const { rows } = await asOwner(it.stack.owners.auth, (client) =>
    client.query<{ epoch: string; number: string }>('select epoch, number from auth.revocation_lease'),
  );
  return { epoch: Number(rows[0]?.epoch), number: Number(rows[0]?.number) };
}

describe('SR-46 while the publisher is gone', { timeout: 120_000 }, () => {
  beforeAll(somebodyJoins, 60_000);

  /** The four apps that ask auth. */
  const others = (doors: readonly Door[]) => doors.filter(({ app }) => app !== 'auth');

  test.each([0, 1])('one of two killed (%i): the other goes on', async (index) => {
    const [revoked, live] = [await revokedDoors(), await somebody.signIn()];
    const victim = it.stack.apps.auth.replicas[index] ?? expect.unreachable();
    const alive = (doors: readonly Door[]) => doors.filter(({ process }) => process !== victim.name);
    await victim.kill();
    const seen = await answersWithin(4000, alive(revoked));
    expect([...seen].filter((status) => status !== 401 && status !== 503)).toEqual([]);
    await until(async () => Object.values(await answersAt(alive(live))).every((status) => status === 200));
    const delaysMs = await refusalsSince(await somebody.signOut(live), alive(live));
    expect(Math.max(...delaysMs)).toBeLessThanOrEqual(1000);
    await victim.start();
    expect(await answersAt(revoked)).toEqual(shut);
  });

  test('killed and started again: a later epoch, revoked stays revoked, live tokens work', async () => {
    const [revoked, live] = [await revokedDoors(), await somebody.signIn()];
    const before = await feedState();
    await it.stack.apps.auth.kill();
    const seen = await answersWithin(3000, others(revoked));
    expect([...seen].filter((status) => status !== 401 && status !== 503)).toEqual([]);
    await it.stack.apps.auth.start();
    await until(async () => JSON.stringify(await answersAt(live)) === JSON.stringify(open), { deadlineMs: 20_000 });
    expect(new Set(Object.values(await answersAt(revoked)))).toEqual(new Set([401]));
    expect((await feedState()).epoch).toBeGreaterThan(before.epoch);
    expect(Math.max(...(await refusalsSince(await somebody.signOut(live), live)))).toBeLessThanOrEqual(1000);
  });

  test('and Redis too: 503 on every authenticated route, for as long as nobody can tell', async () => {
    const [revoked, live] = [await revokedDoors(), await somebody.signIn()];
    await it.stack.apps.auth.kill();
    await redis.cut();
    await until(async () => Object.values(await answersAt(others(live))).every((status) => status === 503), {
      deadlineMs: 10_000,
    });
    expect(await answersWithin(6000, others([...live, ...revoked]))).toEqual(new Set([503]));
    const { client, path, token, headers } = others(live)[0] ?? expect.unreachable();
    expect((await client.send('GET', path, { token, headers })).headers.get('retry-after')).toMatch(/^[1-9]/);
    await redis.restore();
    await it.stack.apps.auth.start();
    await until(async () => JSON.stringify(await answersAt(live)) === JSON.stringify(open), { deadlineMs: 20_000 });
    expect(new Set(Object.values(await answersAt(revoked)))).toEqual(new Set([401]));
  });
});
