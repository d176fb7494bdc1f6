import { type DataRights, dataRightsProblems } from '@bank/database';
import { uuidv7 } from '@bank/domain';
import { DataRightsService } from '@bank/proto/data-rights';
import { fuzzRpc } from '@bank/service-kit/fuzz';
import { type TestDatabase, until } from '@bank/testing';
import type { DescService } from '@bufbuild/protobuf';
import { type Client, Code, createClient, type Transport } from '@connectrpc/connect';
import { describe, expect, test } from 'vitest';
import type { Foundations } from '#foundations.ts';
import { publishEvents, type TestEvent } from '#testing/messages.ts';
import type { TestEnvironment } from '#testing/test-environment.ts';

/** An app whose rights of people are tested. Its members are read when the tests run. */
export interface DataRightsUnderTest {
  readonly ctx: Foundations;
  readonly database: TestDatabase;
  readonly broker: TestEnvironment['broker'];
  client<S extends DescService>(service: S, callerUri: string): Promise<Client<S>>;
  /** Repeats nothing and translates no error. */
  transport(callerUri: string): Promise<Transport>;
}

/** A user of whom the app keeps something of every kind. Texts are told apart from everybody else's. */
export interface GivenPerson {
  readonly userId: string;
  /** What the user gave, as it stands in an export. After an erasure it is nowhere. */
  readonly given: readonly string[];
  /** Ids of the user's things, as they stand in an export. They stay in the ledger, which says what was done to them. */
  readonly ids?: readonly string[];
  /** What must be in no export: secrets, hashes, ids and words of others. */
  readonly secrets?: readonly string[];
  /** What the user gave and law keeps, sealed. */
  readonly kept?: readonly string[];
}

const profile = 'spiffe://bank/app/profile';
const device = 'spiffe://bank/app/device';

/** Everything that other apps tell this one about a user, as it may come after the erasure. */
export type LateEvents = (userId: string) => readonly Omit<TestEvent, 'id' | 'subject'>[];

/**
 * SR-88 for one app, in its whole: every table is declared, an export holds what its user gave and nothing else, and after an
 * erasure a dump of the schema holds nothing of the user, also when it is told of the user later.
 */
export function testDataRights(
  app: DataRightsUnderTest,
  rights: DataRights,
  givenPerson: () => Promise<GivenPerson>,
  lateEvents: LateEvents,
): void {
  describe('SR-88 data rights', () => {
    test('every table of the schema is declared', async () => {
      expect(await dataRightsProblems(app.ctx.database.fork(), rights)).toEqual([]);
    });

    test('an export holds what the user gave, and nothing secret or of anybody else', () =>
      checkExport(app, givenPerson));

    test('an unknown user has no records', async () => {
      expect(await exportOf(app, uuidv7())).toEqual([]);
    });

    test('SR-84 no sealed column of one person opens as that of another', () => checkSwaps(app, rights, givenPerson));

    test('after an erasure a dump holds nothing of the user, and all of the others', () =>
      checkErasure(app, rights, givenPerson));

    test('erasing again, also at the same time, changes nothing and tells nothing', () =>
      checkRepetition(app, rights, givenPerson));

    test('SR-89 what is told of the user after an erasure is handled, and writes nothing', () =>
      checkLateEvents(app, rights, givenPerson, lateEvents));

    test('another app may not ask', async () => {
      const client = createClient(DataRightsService, await app.transport(device));
      const request = { userId: uuidv7(), requestId: uuidv7() };
      const denied = { code: Code.PermissionDenied };
      await expect(client.eraseUser(request)).rejects.toMatchObject(denied);
      await expect(Array.fromAsync(client.exportUserData(request))).rejects.toMatchObject(denied);
    });

    test('SR-79 what is no request is refused, whatever it holds', async () => {
      const client = await app.client(DataRightsService, profile);
      const request = { userId: 'nobody', requestId: uuidv7() };
      const invalid = { code: 'request.invalid' };
      await expect(client.eraseUser(request)).rejects.toMatchObject(invalid);
      await expect(Array.fromAsync(client.exportUserData(request))).rejects.toMatchObject(invalid);
      const answers = await fuzzRpc(await app.transport(profile), [DataRightsService]);
      expect(answers['invalid_argument']).toBeGreaterThan(0);
    });
  });
}

function wordsOf({ given, ids = [], kept = [] }: GivenPerson): readonly string[] {
  return [...given, ...ids, ...kept];
}

async function checkExport(app: DataRightsUnderTest, givenPerson: () => Promise<GivenPerson>): Promise<void> {
  const [person, stranger] = [await givenPerson(), await givenPerson()];
  const records = await exportOf(app, person.userId);
  const text = JSON.stringify(records);
  for (const canary of wordsOf(person)) expect(text).toContain(canary);
  for (const secret of person.secrets ?? []) expect(text).not.toContain(secret);
  for (const foreign of [stranger.userId, ...wordsOf(stranger)]) expect(text).not.toContain(foreign);
  expect(await toldOf(app, person.userId, 'user.data_exported')).toHaveLength(1);
}

/** Every sealed column that an export opens, swapped between two people: neither is given anything, of themselves or of the other. */
async function checkSwaps(
  app: DataRightsUnderTest,
  { schema, personal }: DataRights,
  givenPerson: () => Promise<GivenPerson>,
): Promise<void> {
  const people = [await givenPerson(), await givenPerson()] as const;
  for (const [table, { exported, whose = 'user_id = ?' }] of Object.entries(personal)) {
    if ('withheld' in exported) continue;
    for (const { column } of exported.sealed ?? []) {
      const mine = `(${whose.replace('?', '$1')}) and ${column} is not null`;
      const read = `select ${exported.key}::text as key, ${column} as sealed from ${schema}.${table} where ${mine} order by 1 limit 1`;
      const rows = await Promise.all(
        people.map(async ({ userId }) => (await app.database.query<Sealed>(read, [userId]))[0]),
      );
      const [one, other] = rows;
      if (one === undefined || other === undefined) continue;
      const put = (userId: string, key: string, sealed: Buffer) =>
        app.database.query(
          `update ${schema}.${table} set ${column} = $2 where ${mine} and ${exported.key}::text = $3`,
          [userId, sealed, key],
        );
      await put(people[0].userId, one.key, other.sealed);
      await expect(exportOf(app, people[0].userId), `${schema}.${table}.${column}`).rejects.toThrow();
      await put(people[0].userId, one.key, one.sealed);
    }
  }
  expect(JSON.stringify(await exportOf(app, people[0].userId))).toContain(people[0].given[0] ?? '');
}

interface Sealed {
  readonly key: string;
  readonly sealed: Buffer;
}

async function checkErasure(
  app: DataRightsUnderTest,
  rights: DataRights,
  givenPerson: () => Promise<GivenPerson>,
): Promise<void> {
  const [person, stranger] = [await givenPerson(), await givenPerson()];
  const [sealed, strangers] = [await erasableRecords(app, person.userId), await exportOf(app, stranger.userId)];
  const requestId = uuidv7();
  const client = await app.client(DataRightsService, profile);
  expect(await client.eraseUser({ userId: person.userId, requestId })).toMatchObject({ erased: true });

  const dump = (await dumpOf(app.database, rights.schema)).join('\n');
  for (const canary of [...person.given, ...(person.kept ?? [])]) {
    expect(dump).not.toContain(canary);
    expect(dump).not.toContain(Buffer.from(canary).toString('hex'));
  }
  const left = JSON.stringify(await exportOf(app, person.userId));
  for (const canary of [...person.given, ...(person.ids ?? [])]) expect(left).not.toContain(canary);
  expect(await erasableRecords(app, person.userId)).toBe(0);
  expect(sealed).toBeGreaterThan(0);
  expect(await exportOf(app, stranger.userId)).toEqual(expect.arrayContaining(strangers));
  expect(await eventsOf(app, person.userId)).toMatchObject([{ requestId, app: rights.schema, userId: person.userId }]);
  expect(await toldOf(app, person.userId, 'user.data_erased')).toMatchObject([{ requestId, isFirst: true }]);
}

async function checkRepetition(
  app: DataRightsUnderTest,
  rights: DataRights,
  givenPerson: () => Promise<GivenPerson>,
): Promise<void> {
  const { userId } = await givenPerson();
  const client = await app.client(DataRightsService, profile);
  const request = { userId, requestId: uuidv7() };
  const answers = await Promise.all(Array.from({ length: 6 }, () => client.eraseUser(request)));
  expect(answers.filter(({ erased }) => erased)).toHaveLength(1);
  const before = await dumpOf(app.database, rights.schema, erasedTables(rights));
  expect(await client.eraseUser(request)).toMatchObject({ erased: false });
  expect(await eventsOf(app, userId)).toHaveLength(1);
  expect(await dumpOf(app.database, rights.schema, erasedTables(rights))).toEqual(before);
}

async function checkLateEvents(
  app: DataRightsUnderTest,
  rights: DataRights,
  givenPerson: () => Promise<GivenPerson>,
  lateEvents: LateEvents,
): Promise<void> {
  const client = await app.client(DataRightsService, profile);
  const { userId: known } = await givenPerson();
  await client.eraseUser({ userId: known, requestId: uuidv7() });
  // The erasure may come before anything else about a user, except in the app that they are a user of.
  const unheardOf = uuidv7();
  const erasing = client.eraseUser({ userId: unheardOf, requestId: uuidv7() });
  await erasing.catch((error: unknown) => expect(error).toMatchObject({ code: 'user.not_found' }));
  const before = await dumpOf(app.database, rights.schema, erasedTables(rights));

  const events = [known, unheardOf].flatMap((subject) =>
    lateEvents(subject).map((event) => ({ ...event, id: uuidv7(), subject })),
  );
  await publishEvents(app, 'late', events);
  const handled = `select distinct message_id from ${rights.schema}.inbox where message_id = any($1)`;
  const ids = events.map(({ id }) => id);
  await until(async () => (await app.database.query(handled, [ids])).length === ids.length);
  expect(await dumpOf(app.database, rights.schema, erasedTables(rights))).toEqual(before);
}

/** The tables that an erasure changes. Others change by themselves in between: the outbox is relayed, leases are kept. */
function erasedTables({ personal }: DataRights): readonly string[] {
  const changed = Object.entries(personal).filter(([, { erased }]) => erased === 'deleted' || 'cleared' in erased);
  return ['data_keys', ...changed.map(([table]) => table)];
}

async function exportOf(app: DataRightsUnderTest, userId: string): Promise<{ category: string; record: unknown }[]> {
  const client = await app.client(DataRightsService, profile);
  const records: { category: string; record: unknown }[] = [];
  for await (const { category, record } of client.exportUserData({ userId, requestId: uuidv7() })) {
    records.push({ category, record: JSON.parse(record) });
  }
  return records;
}

/** 1 while the user's erasable key is there, or was never needed; what it sealed opens no more afterwards. */
async function erasableRecords({ database, ctx }: DataRightsUnderTest, userId: string): Promise<number> {
  const rows = await database.query<{ destroyed: boolean }>(
    `select destroyed_at is not null as destroyed from ${ctx.service}.data_keys where user_id = $1 and key_class = 'erasable'`,
    [userId],
  );
  return rows.some(({ destroyed }) => destroyed) ? 0 : 1;
}

async function eventsOf({ database, ctx }: DataRightsUnderTest, userId: string): Promise<unknown[]> {
  const sql = `select data from ${ctx.service}.outbox where subject = $1 and type = 'user.data_erased.v1'`;
  return (await database.query<{ data: unknown }>(sql, [userId])).map(({ data }) => data);
}

async function toldOf({ database, ctx }: DataRightsUnderTest, userId: string, action: string): Promise<unknown[]> {
  const sql = `select data->'details' as details from ${ctx.service}.outbox
    where subject = $1 and destination = 'audit' and data->>'action' = $2`;
  return (await database.query<{ details: unknown }>(sql, [userId, action])).map(({ details }) => details);
}

/** Every row of every table as text, as a dump of the database holds it; bytes in hexadecimal. */
async function dumpOf(database: TestDatabase, schema: string, only?: readonly string[]): Promise<string[]> {
  const tables = await database.query<{ name: string }>(
    `select c.relname as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
      where n.nspname = $1 and c.relkind in ('r', 'p') and not c.relispartition order by 1`,
    [schema],
  );
  const lines: string[] = [];
  for (const { name } of tables.filter(({ name: table }) => only?.includes(table) ?? true)) {
    const rows = await database.query<{ row: string }>(`select t::text as row from ${schema}.${name} t order by 1`);
    lines.push(...rows.map(({ row }) => `${name} ${row}`));
  }
  return lines;
}
