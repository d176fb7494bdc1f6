import {
  eraseRecords,
  lockForErasure,
  platformTablesV1,
  Repository,
  SqlMigration,
  type TransactionalContext,
  withTransaction,
} from '@bank/database';
import { allow, systemIds } from '@bank/domain';
import type { CloudEvent, Consumer } from '@bank/messaging';
import { requestContext } from '@bank/observability';
import { baseEnv, readConfig } from '@bank/service-kit';
import { raceOf } from '@bank/testing';
import { defineEntity, type EntityManager, p } from '@mikro-orm/postgresql';
import * as v from 'valibot';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { aboutUsers, createFoundations, type Foundations } from '#index.ts';
import { type TestEnvironment, testEnvironment } from '#testing/index.ts';
import { bareRights } from './bare-app.ts';

const Note = defineEntity({
  name: 'Note',
  tableName: 'notes',
  schema: 'device',
  properties: { number: p.bigint().primary(), userId: p.uuid(), word: p.text(), requestId: p.text() },
});

class Notes extends SqlMigration {
  statements(): readonly string[] {
    return [
      ...platformTablesV1('device'),
      `create table device.notes (number bigserial constraint notes_pkey primary key, user_id uuid not null,
        word text not null, request_id text not null)`,
    ];
  }
}

class NoteRepository extends Repository {
  async add(userId: string, word: string): Promise<void> {
    // Two transactions that note the same user wait for each other.
    await this.rows('select pg_advisory_xact_lock(hashtextextended(?::text, 0))', [userId]);
    const requestId = requestContext.get()?.requestId ?? '';
    const row = [userId, word, requestId];
    await this.affected('insert into device.notes (user_id, word, request_id) values (?, ?, ?)', row);
  }
}

const noting = { service: 'device' as const, entities: [Note], migrations: [{ name: '1-notes', class: Notes }] };
const repositories = (em: EntityManager) => ({ notes: new NoteRepository(em) });
type Context = Foundations & TransactionalContext<ReturnType<typeof repositories>>;
const access = { who: allow.system('test'), unaudited: 'a test' } as const;

let environment: TestEnvironment;
let ctx: Context;

beforeAll(async () => {
  environment = await testEnvironment({ ...noting, callers: {} });
  const foundations = await createFoundations(readConfig(v.object(baseEnv), environment.env), noting);
  ctx = { ...foundations, unitOfWork: foundations.unitOfWorkOf(repositories) };
});

afterAll(async () => {
  await Promise.all([ctx?.database.close(), ctx?.redis.close()]);
  ctx?.keyrings.close();
});

/** Notes a word about a user; "no" is refused. */
function noteTaker(): Consumer {
  return aboutUsers(ctx, {
    name: 'device.notes',
    queue: 'device.events',
    types: ['noted.v1'],
    facts: ({ data }) => data as { userId: string; word: string },
    async work(tx: Context, { userId, word }) {
      if (word === 'no') throw new Error('not this one');
      await withTransaction(tx, access, (inner) => inner.notes.add(userId, word));
    },
  });
}

function messageOf(userId: string, word: string): CloudEvent {
  return {
    specversion: '1.0',
    id: systemIds.next(),
    source: '/test',
    type: 'noted.v1',
    subject: userId,
    time: new Date().toISOString(),
    dataschema: 'proto:test',
    datacontenttype: 'application/json',
    data: { userId, word },
  };
}

/** As the queue hands them out: at once, each in the context of its own request. */
function handOut(consumer: Consumer, messages: readonly CloudEvent[]): Promise<PromiseSettledResult<unknown>[]> {
  return Promise.allSettled(
    messages.map((message) => {
      const context = { requestId: `request of ${message.id}`, traceparent: '', actor: 'test' };
      return requestContext.run(context, () => consumer.handle(message));
    }),
  );
}

const notesAbout = (userId: string) =>
  environment.database.query<{ word: string; request_id: string }>(
    'select word, request_id from device.notes where user_id = $1 order by number',
    [userId],
  );
const wordsAbout = async (userId: string) => (await notesAbout(userId)).map(({ word }) => word);
const applied = { status: 'fulfilled', value: { applied: true } };
const skipped = { status: 'fulfilled', value: { applied: false } };

function erase(userId: string): Promise<unknown> {
  return withTransaction(ctx, access, async (tx) => {
    await lockForErasure(tx.em, 'device', userId);
    await eraseRecords({ em: tx.em, vault: ctx.vault }, bareRights, userId);
  });
}

describe('aboutUsers', () => {
  test('handles each message once, however often it comes, in the order of one user, in its own context', async () => {
    const [one, other] = [systemIds.next(), systemIds.next()];
    const messages = [messageOf(one, 'first'), messageOf(other, 'alone'), messageOf(one, 'second')];
    expect(await handOut(noteTaker(), messages)).toEqual([applied, applied, applied]);
    expect(await handOut(noteTaker(), messages)).toEqual([skipped, skipped, skipped]);
    expect(await wordsAbout(other)).toEqual(['alone']);
    expect(await notesAbout(one)).toEqual([
      { word: 'first', request_id: `request of ${messages[0]?.id}` },
      { word: 'second', request_id: `request of ${messages[2]?.id}` },
    ]);
  });

  test('SR-89 handles a message once that comes twice in one batch', async () => {
    const userId = systemIds.next();
    const [message, next] = [messageOf(userId, 'once'), messageOf(userId, 'next')];
    expect(await handOut(noteTaker(), [message, message, next])).toEqual([applied, applied, applied]);
    expect(await wordsAbout(userId)).toEqual(['once', 'next']);
  });

  test('SR-88 writes nothing about who has been erased, and what it has to about the others', async () => {
    const [gone, there] = [systemIds.next(), systemIds.next()];
    await erase(gone);
    const messages = [messageOf(gone, 'late'), messageOf(there, 'in time')];
    expect(await handOut(noteTaker(), messages)).toEqual([skipped, applied]);
    expect([await wordsAbout(gone), await wordsAbout(there)]).toEqual([[], ['in time']]);
    const id = messages[0]?.id;
    expect(await environment.database.query('select 1 from device.inbox where message_id = $1', [id])).toHaveLength(1);
  });

  test('sets aside what names nobody, or cannot be done, and no other message with it', async () => {
    const [one, other] = [systemIds.next(), systemIds.next()];
    const messages = [
      messageOf(one, 'yes'),
      messageOf('nobody', 'yes'),
      messageOf(other, 'no'),
      messageOf(other, 'yes'),
    ];
    expect(await handOut(noteTaker(), messages)).toEqual([
      applied,
      { status: 'rejected', reason: expect.objectContaining({ code: 'request.invalid' }) },
      { status: 'rejected', reason: expect.objectContaining({ message: 'not this one' }) },
      applied,
    ]);
    expect([await wordsAbout(one), await wordsAbout(other)]).toEqual([['yes'], ['yes']]);
  });

  test('keeps waiting what is about a user whom somebody holds for long, and nothing else', async () => {
    const [one, held, other] = [systemIds.next(), systemIds.next(), systemIds.next()];
    const release = Promise.withResolvers<void>();
    const locked = Promise.withResolvers<void>();
    const holding = withTransaction(ctx, access, async (tx) => {
      await lockForErasure(tx.em, 'device', held);
      locked.resolve();
      await release.promise;
    });
    await locked.promise;
    const outcomes = await handOut(
      noteTaker(),
      [one, held, other, held].map((userId) => messageOf(userId, 'word')),
    );
    release.resolve();
    await holding;
    const waits = { status: 'rejected', reason: expect.objectContaining({ code: 'service.unavailable' }) };
    expect(outcomes).toEqual([applied, waits, applied, waits]);
  }, 20_000);

  test.each(Array.from({ length: 20 }, (_, round) => round + 1))(
    'two processes with messages about the same users, in any order, do not block each other (round %i)',
    async () => {
      const users = Array.from({ length: 6 }, () => systemIds.next());
      const outcomes = await raceOf(4, (number) => {
        const order = number % 2 === 0 ? users : users.toReversed();
        return handOut(
          noteTaker(),
          order.map((userId) => messageOf(userId, `by ${number}`)),
        );
      });
      expect(outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? outcome.value : [outcome]))).toEqual(
        Array.from({ length: 24 }, () => applied),
      );
    },
  );
});
