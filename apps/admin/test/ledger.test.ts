import { publishEvents } from '@bank/composition/testing';
import { Secret, uuidv7 } from '@bank/domain';
import { shardOf } from '@bank/ledger';
import { listDeadLetters } from '@bank/messaging';
import { raceOf, until, winners } from '@bank/testing';
import { describe, expect, test } from 'vitest';
import { appendEntries } from '#features/ledger/append-entries.ts';
import { adminApp } from './admin-app.ts';
import { auditMessage, brokenAt, entryAbout, entryMessage, shardEntries } from './entries.ts';

const app = adminApp();

async function entriesAbout(subject: string) {
  const entries = await shardEntries(app, shardOf(subject));
  return entries.filter(({ body }) => JSON.parse(body).subject === subject);
}

async function letterOf(id: string | undefined) {
  const url = new Secret(app.broker.url);
  const letters = await listDeadLetters({ url, queue: 'admin.audit', logger: app.ctx.logger });
  return letters.find((letter) => letter.id === id);
}

describe('what an app did', () => {
  test('becomes an entry in the shard of its subject, linked to the one before', async () => {
    const subject = uuidv7();
    const entry = entryMessage(subject);
    await publishEvents(app, 'device', [auditMessage(entry)]);
    const stored = await until(async () => (await entriesAbout(subject))[0]);
    expect(stored).toMatchObject({ id: entry.entryId, shard: shardOf(subject), version: 1 });
    expect(JSON.parse(stored.body)).toMatchObject({
      action: 'device.registered',
      actor: { kind: 'system', id: 'record-sign-in' },
      details: entry.details,
      source: 'device',
      subject,
    });
    expect(brokenAt(await shardEntries(app, shardOf(subject)))).toBeUndefined();
  });

  test('SR-89: is recorded once, however often it is told', async () => {
    const subject = uuidv7();
    const message = auditMessage(entryMessage(subject));
    const underAnotherId = { ...message, id: uuidv7() };
    await publishEvents(app, 'device', [message, message, underAnotherId]);
    const handled = () => app.database.query('select 1 from admin.inbox where message_id = $1', [underAnotherId.id]);
    await until(async () => (await handled()).length === 1 && (await app.broker.depth('admin.audit')) === 0);
    expect(await entriesAbout(subject)).toHaveLength(1);
  });

  test('SR-87: comes in messages of many, of which each entry goes into its shard, and alone to the dead letters when it is none', async () => {
    const subjects = Array.from({ length: 40 }, () => uuidv7());
    const told = subjects.flatMap((subject) => [entryMessage(subject), entryMessage(subject)]);
    const bad = auditMessage({ ...entryMessage(uuidv7()), action: 'no dotted name' });
    await publishEvents(app, 'device', told.map(auditMessage).toSpliced(30, 0, bad));
    const recorded = async () => (await Promise.all(subjects.map(entriesAbout))).flat();
    const stored = await until(async () => {
      const found = await recorded();
      return found.length >= told.length ? found : undefined;
    });
    expect(stored.map(({ id }) => id).toSorted()).toEqual(told.map(({ entryId }) => entryId).toSorted());
    for (const shard of new Set(subjects.map(shardOf))) {
      expect(brokenAt(await shardEntries(app, shard))).toBeUndefined();
    }
    const letter = await until(() => letterOf(bad.id));
    expect(letter).toMatchObject({ type: 'audit.entry_recorded.v1', events: 1, consumer: 'admin.audit-entry' });
    expect(await recorded()).toHaveLength(told.length);
  });

  test('goes to the dead letters when it is no entry', async () => {
    const message = auditMessage({ ...entryMessage(uuidv7()), action: 'no dotted name' });
    await publishEvents(app, 'device', [message]);
    await until(() => letterOf(message.id));
  });
});

describe('SR-87: the chain', () => {
  test('has no gap after 50 entries of one subject at once', async () => {
    const subject = uuidv7();
    const outcomes = await raceOf(50, () => appendEntries(app.ctx, [entryAbout(subject)]));
    expect(winners(outcomes)).toEqual(Array(50).fill(1));
    expect(await entriesAbout(subject)).toHaveLength(50);
    expect(brokenAt(await shardEntries(app, shardOf(subject)))).toBeUndefined();
  });

  test('holds when batches over many shards come at once, each entry once', async () => {
    const entries = Array.from({ length: 40 }, () => entryAbout(uuidv7()));
    const outcomes = await raceOf(4, (number) => {
      const inAnotherOrder = [...entries.slice(number * 10), ...entries.slice(0, number * 10)];
      return appendEntries(app.ctx, inAnotherOrder);
    });
    expect(winners(outcomes).toSorted((a, b) => a - b)).toEqual([0, 0, 0, 40]);
    for (const shard of new Set(entries.map(({ subject }) => shardOf(subject)))) {
      expect(brokenAt(await shardEntries(app, shard))).toBeUndefined();
    }
  });

  test('shows where it was tampered with', async () => {
    const subject = uuidv7();
    await appendEntries(app.ctx, [entryAbout(subject), entryAbout(subject), entryAbout(subject)]);
    const entries = await shardEntries(app, shardOf(subject));
    const place = entries.length - 1;
    const changed = entries.map((entry) => {
      return entry.position === place ? { ...entry, body: entry.body.replace('"success"', '"failure"') } : entry;
    });
    expect(brokenAt(entries)).toBeUndefined();
    expect(brokenAt(changed)).toBe(place);
    expect(brokenAt(entries.toSpliced(place - 1, 1))).toBe(place);
  });
});

describe('an entry is refused', () => {
  test.each([
    ['with an id that is none', { id: 'x' }],
    ['with an id of another time', { occurredAt: new Date('2026-01-01') }],
    ['with a time outside of every calendar', { occurredAt: new Date(Number.NaN) }],
    ['with NUL in its text', { subject: 'a\0b' }],
    ['with a number that JSON does not know', { details: { count: Number.POSITIVE_INFINITY } }],
    [
      'with details over 4 KiB',
      { details: Object.fromEntries(Array.from({ length: 20 }, (_, i) => [i, 'x'.repeat(250)])) },
    ],
    ['with a member nobody knows', { email: 'a' }],
  ])('%s', async (_name, change) => {
    const subject = uuidv7();
    const appending = appendEntries(app.ctx, [entryAbout(subject), { ...entryAbout(subject), ...change }]);
    await expect(appending).rejects.toMatchObject({ code: 'request.invalid' });
    expect(await entriesAbout(subject)).toEqual([]);
  });
});
