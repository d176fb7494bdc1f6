import { trimTables } from '@bank/composition/testing';
import { uuidv7 } from '@bank/domain';
import { type User, UserService, UserStatus, WatchUsersKind, type WatchUsersResponse } from '@bank/proto/user';
import { until } from '@bank/testing';
import { timestampDate } from '@bufbuild/protobuf/wkt';
import pg from 'pg';
import { describe, expect, it } from 'vitest';
import { trimmingChores } from '#jobs/trim.ts';
import { growth } from '#storage/growth.ts';
import { startAuth } from './support/auth.ts';
import { callerTable, clientAs } from './support/rpc.ts';

const method = 'bank.user.v1.UserService/WatchUsers';
const every = ['roles', 'emailVerified', 'phoneVerified', 'createdAt'];
const auth = await startAuth({
  callers: callerTable({
    profile: { methods: [method], fields: { [method]: every } },
    mfa: { methods: [method] },
  }),
});
const watcher = await clientAs(auth, 'profile', UserService);
const narrow = await clientAs(auth, 'mfa', UserService);

async function addUser(id = uuidv7()): Promise<string> {
  await auth.database.query(
    `insert into auth.users (id, status, roles, email_verified_at, created_at, updated_at)
      values ($1, 'active', '{customer}', now(), now(), now())`,
    [id],
  );
  return id;
}

async function change(id: string): Promise<void> {
  await auth.database.query(
    `update auth.users set status = case status when 'active' then 'locked' else 'active' end, version = version + 1,
      updated_at = now() where id = $1`,
    [id],
  );
}

interface Told {
  readonly kind: WatchUsersKind;
  readonly id: string;
  readonly version: number;
  readonly user: User | undefined;
  readonly answer: WatchUsersResponse;
}

/** Listens from a token on until `isEnough`, handing over one answer at a time. */
async function listen(
  request: { resumeToken?: string; changesOnly?: boolean },
  isEnough: (told: readonly Told[]) => boolean,
  client = watcher,
): Promise<Told[]> {
  const told: Told[] = [];
  const ended = new AbortController();
  try {
    for await (const answer of client.watchUsers(request, { signal: ended.signal, timeoutMs: 60_000 })) {
      const { kind, user } = answer;
      told.push({ kind, id: user?.userId ?? '', version: Number(user?.version ?? 0), user, answer });
      if (isEnough(told)) break;
    }
  } finally {
    ended.abort();
  }
  return told;
}

const isHeartbeat = ({ kind }: Told) => kind === WatchUsersKind.HEARTBEAT;
const ofUser = (id: string) => (told: readonly Told[]) => told.filter((one) => one.id === id);
const tokenOf = (told: readonly Told[]) => told.at(-1)?.answer.resumeToken ?? '';

/** Where everything so far has been told. */
async function present(client = watcher): Promise<string> {
  return tokenOf(await listen({ changesOnly: true }, (told) => told.some(isHeartbeat), client));
}

describe('WatchUsers', () => {
  it('tells of everybody as they are, says so, and then of changes', async () => {
    const ids = [await addUser(), await addUser()];
    const [first = '', second = ''] = ids;
    await change(second);
    let isChanged = false;
    const told = await listen({}, (sofar) => {
      if (sofar.some(isHeartbeat) && !isChanged) {
        isChanged = true;
        void change(first);
      }
      return ofUser(first)(sofar).some(({ kind }) => kind === WatchUsersKind.CHANGE);
    });
    const states = told.filter(({ kind }) => kind === WatchUsersKind.STATE);
    expect(states.map(({ id, version }) => [id, version])).toEqual(
      expect.arrayContaining([
        [first, 1],
        [second, 2],
      ]),
    );
    expect(told.at(-1)).toMatchObject({ kind: WatchUsersKind.CHANGE, id: first, version: 2 });
    expect(told.at(-1)?.user).toMatchObject({ status: UserStatus.LOCKED, roles: ['customer'], emailVerified: true });
    const { changedAt } = told.at(-1)?.answer ?? {};
    expect(Math.abs(Date.now() - (changedAt ? timestampDate(changedAt).getTime() : 0))).toBeLessThan(10_000);
  });

  it('goes on in the middle of everybody', async () => {
    for (let index = 0; index < 5; index += 1) await addUser();
    const some = await listen({}, (told) => told.length === 3);
    const others = await listen({ resumeToken: tokenOf(some) }, (told) => told.some(isHeartbeat));
    const everybody = await auth.database.query<{ id: string }>('select id from auth.users order by id');
    const ids = [...some, ...others].filter(({ kind }) => kind === WatchUsersKind.STATE).map(({ id }) => id);
    expect(ids).toEqual(everybody.map(({ id }) => id));
  });

  it('SR-66 shows id, status and version, and of the rest what the caller table lists', async () => {
    const resumeToken = await present(narrow);
    const id = await addUser();
    const told = (await listen({ resumeToken }, (sofar) => ofUser(id)(sofar).length > 0, narrow)).at(-1);
    expect(told?.user).toMatchObject({
      userId: id,
      status: UserStatus.ACTIVE,
      version: 1n,
      roles: [],
      emailVerified: false,
    });
    expect(told?.user?.createdAt).toBeUndefined();
  });

  it('says every ten seconds that there is nothing new', { timeout: 30_000 }, async () => {
    const resumeToken = await present();
    const startedAt = performance.now();
    const told = await listen({ resumeToken }, (sofar) => sofar.filter(isHeartbeat).length === 2);
    expect(told).toHaveLength(2);
    expect(performance.now() - startedAt).toBeGreaterThan(9000);
    expect(performance.now() - startedAt).toBeLessThan(15_000);
  });
});

const unnumbered = () => auth.database.query('select 1 from auth.user_changes where number is null');

describe('nothing is missed, and nobody is told of out of order', () => {
  it('with a transaction that commits after later ones did', async () => {
    const [slow, quick] = [await addUser(), await addUser()];
    const resumeToken = await present();
    const late = new pg.Client({ connectionString: auth.database.adminUrl });
    await late.connect();
    await late.query('begin');
    await late.query('update auth.users set version = version + 1, updated_at = now() where id = $1', [slow]);
    await change(quick);
    const before = await listen({ resumeToken }, (told) => ofUser(quick)(told).length > 0);
    await late.query('commit');
    await late.end();
    const after = await listen({ resumeToken: tokenOf(before) }, (told) => ofUser(slow)(told).length > 0);
    expect(ofUser(slow)(before)).toEqual([]);
    expect(ofUser(slow)(after).map(({ version }) => version)).toEqual([2]);
  });

  it('while many write and the stream breaks again and again', { timeout: 120_000 }, async () => {
    const ids = await Promise.all(Array.from({ length: 8 }, () => addUser()));
    let resumeToken = await present();
    const rounds = 20;
    const writers = Promise.all(
      ids.map(async (id) => {
        for (let round = 0; round < rounds; round += 1) await change(id);
      }),
    );
    const told: Told[] = [];
    const isDone = (all: readonly Told[]) =>
      ids.every((id) => ofUser(id)(all).some(({ version }) => version === rounds + 1));
    for (let breaks = 0; !isDone(told); breaks += 1) {
      const part = await listen({ resumeToken }, (sofar) => sofar.length > breaks % 7 || isDone([...told, ...sofar]));
      told.push(...part);
      resumeToken = tokenOf(part);
    }
    await writers;
    for (const id of ids) {
      const versions = ofUser(id)(told).map(({ version }) => version);
      expect(versions).toEqual(Array.from({ length: rounds }, (_, round) => round + 2));
    }
  });

  it('whoever numbers, however many do: each change once, and no gap', async () => {
    const resumeToken = await present();
    const last = uuidv7();
    const isTold = (told: readonly Told[]) => told.some(({ id }) => id === last);
    const watchers = Array.from({ length: 5 }, () => listen({ resumeToken }, isTold));
    await until(() => auth.ctx.userFeed.watchers === 5);
    for (let round = 0; round < 20; round += 1) await addUser();
    // Changes that are numbered together come in no order among users.
    await until(async () => (await unnumbered()).length === 0);
    await addUser(last);
    const seen = await Promise.all(watchers);
    for (const told of seen) expect(told.filter((one) => !isHeartbeat(one)).length).toBe(21);
    const rows = await auth.database.query<{ number: string }>(
      'select number from auth.user_changes where number is not null order by number',
    );
    expect(rows.map(({ number }) => Number(number))).toEqual(rows.map((_, place) => place + 1));
  });
});

describe('a position', () => {
  const lost = { code: 'user.watch.position_lost' };
  const first = (resumeToken: string, client = watcher) => listen({ resumeToken }, () => true, client);

  it('is its caller’s own, and none that anybody makes up', async () => {
    const token = await present();
    await expect(first(token, narrow)).rejects.toMatchObject(lost);
    await expect(first(`${token.slice(0, -2)}AA`)).rejects.toMatchObject(lost);
    await expect(first('x'.repeat(3000))).rejects.toMatchObject({ code: 'request.invalid' });
  });

  it('is lost when what it stands behind is another change, as after a restore', async () => {
    const id = await addUser();
    const token = await present();
    await auth.database.query('update auth.user_changes set version = 99 where user_id = $1', [id]);
    await expect(first(token)).rejects.toMatchObject(lost);
  });

  it('is lost under an open stream as well, as after a failover that took back what was told', async () => {
    const ended = new AbortController();
    const stream = watcher.watchUsers({ changesOnly: true }, { signal: ended.signal, timeoutMs: 60_000 });
    const answers = stream[Symbol.asyncIterator]();
    await answers.next();
    const id = await addUser();
    expect((await answers.next()).value?.user?.userId).toBe(id);
    await auth.database.query('update auth.user_changes set version = 99 where user_id = $1', [id]);
    await addUser();
    await expect(answers.next()).rejects.toMatchObject(lost);
    ended.abort();
  });

  it('is good for thirty days, and for longer while nothing changes', async () => {
    const old = await present();
    await addUser();
    const newest = await present();
    auth.clock.advance(31 * 86_400_000);
    await trimTables(auth.ctx, growth);
    await expect(first(old)).rejects.toMatchObject(lost);
    expect((await first(newest)).every(isHeartbeat)).toBe(true);
  });

  it('is lost when a change behind it was forgotten that came while nobody listened', async () => {
    const token = await present();
    await until(() => auth.ctx.userFeed.watchers === 0);
    const missed = await addUser();
    auth.clock.advance(31 * 86_400_000);
    const round = () => trimTables(auth.ctx, growth, trimmingChores(auth.ctx));
    await round();
    expect((await first(token)).map(({ id }) => id)).toEqual([missed]);
    await addUser();
    await round();
    await round();
    await expect(first(token)).rejects.toMatchObject(lost);
  });
});

describe('a service that stops', () => {
  it('ends its streams, and lets go of its watchers', async () => {
    const ended = new AbortController();
    const stream = watcher.watchUsers({ changesOnly: true }, { signal: ended.signal, timeoutMs: 60_000 });
    const answers = stream[Symbol.asyncIterator]();
    await answers.next();
    expect(auth.ctx.userFeed.watchers).toBe(1);
    ended.abort();
    await answers.next().catch(() => undefined);
    await until(() => auth.ctx.userFeed.watchers === 0);
  });
});
