import { uuidv7 } from '@bank/domain';
import { beforeAll, describe, expect, test } from 'vitest';
import { entryAbout } from './entries.ts';
import { ledgerUnderTest, subjectOfShard } from './ledger-under-test.ts';
import { asSuperuser, rewriteShard, type Tampered } from './tamper.ts';

const ledger = ledgerUnderTest();

/** Every shard from 0 to 15 gets 35 entries; 10, 20 and 30 of them are signed. */
const subjects = Array.from({ length: 16 }, (_none, shard) => subjectOfShard(shard));
const ids: string[][] = [];

beforeAll(async () => {
  for (const count of [10, 10, 10, 5]) {
    for (const [shard, subject] of subjects.entries()) {
      ids[shard] = [...(ids[shard] ?? []), ...(await ledger.append(subject, count))];
    }
    if (count === 10) await ledger.sign();
  }
});

/** The id at a position of a shard, as it was recorded. */
function idAt(shard: number, position: number): string {
  return ids[shard]?.[position - 1] ?? '';
}

async function problemOf(shard: number) {
  const { ok, problems } = await ledger.verify();
  expect(ok).toBe(problems.length === 0);
  return problems.find((problem) => problem.shard === shard);
}

function insertedInto(shard: number): Tampered {
  return { ...entryAbout(subjects[shard] ?? '', { id: uuidv7() }), actor: { id: 'nobody' } };
}

test('an honest ledger is what was signed, and what no checkpoint covers is said', async () => {
  const report = await ledger.verify();
  expect(report.problems).toEqual([]);
  expect(report).toMatchObject({ ok: true, entries: 16 * 35, fromCheckpoint: 0 });
  expect(report.checkpoints).toMatchObject({ verified: 3, last: { number: 3 }, fileBehind: 0 });
  const shards = Array.from({ length: 16 }, (_none, shard) => ({ shard, first: 31, last: 35 }));
  expect(report.openWindow).toEqual({ entries: 16 * 5, shards });
});

test('from a checkpoint on only what follows is read', async () => {
  const report = await ledger.verify({ lookBack: { entriesMax: 400, checkpointsMax: 10 } });
  expect(report).toMatchObject({ ok: true, entries: 16 * 25, fromCheckpoint: 1 });
  expect(report.checkpoints).toMatchObject({ verified: 2, last: { number: 3 } });
});

describe('SR-87: as superuser, who also computes the whole chain anew', () => {
  test('an edited entry is named', async () => {
    await rewriteShard(ledger.database, 0, (entries) =>
      entries.map((entry, index) => (index === 13 ? { ...entry, outcome: 'denied' } : entry)),
    );
    expect(await problemOf(0)).toEqual({
      rule: 'not_signed',
      shard: 0,
      position: 14,
      id: idAt(0, 14),
      checkpoint: 2,
      message: 'it was changed after checkpoint 2 signed it',
    });
  });

  test('a deleted entry is named where it stood', async () => {
    await rewriteShard(ledger.database, 1, (entries) => entries.toSpliced(13, 1));
    expect(await problemOf(1)).toMatchObject({
      rule: 'not_signed',
      position: 14,
      id: idAt(1, 15),
      signedId: idAt(1, 14),
    });
  });

  test('two entries that changed places are named at the first of both', async () => {
    await rewriteShard(ledger.database, 2, (entries) => {
      const [one, other] = entries.slice(13, 15);
      return entries.toSpliced(13, 2, ...[other, one].filter((entry) => entry !== undefined));
    });
    expect(await problemOf(2)).toMatchObject({ position: 14, id: idAt(2, 15), signedId: idAt(2, 14) });
  });

  test('an inserted entry is named', async () => {
    const inserted = insertedInto(3);
    await rewriteShard(ledger.database, 3, (entries) => entries.toSpliced(13, 0, inserted));
    expect(await problemOf(3)).toMatchObject({ position: 14, id: inserted.id, signedId: idAt(3, 14) });
  });

  test('a cut-off end is named at the first entry that is missing', async () => {
    await rewriteShard(ledger.database, 4, (entries) => entries.slice(0, 24));
    expect(await problemOf(4)).toMatchObject({ rule: 'missing', position: 25, signedId: idAt(4, 25), checkpoint: 3 });
  });

  test('an emptied shard is named at its first entry', async () => {
    await rewriteShard(ledger.database, 5, () => []);
    expect(await problemOf(5)).toMatchObject({ rule: 'missing', position: 1, signedId: idAt(5, 1), checkpoint: 1 });
  });

  test('the very first and the last signed entry are no exceptions', async () => {
    await rewriteShard(ledger.database, 6, (entries) =>
      entries.map((entry, index) => (index === 0 ? { ...entry, action: 'profile.read' } : entry)),
    );
    await rewriteShard(ledger.database, 7, (entries) =>
      entries.map((entry, index) => (index === 29 ? { ...entry, action: 'profile.read' } : entry)),
    );
    expect(await problemOf(6)).toMatchObject({ position: 1, id: idAt(6, 1), checkpoint: 1 });
    expect(await problemOf(7)).toMatchObject({ position: 30, id: idAt(7, 30), checkpoint: 3 });
  });

  test('what lies after the last checkpoint can be changed unseen: it is the stated open window', async () => {
    await rewriteShard(ledger.database, 8, (entries) => entries.toSpliced(32, 1, insertedInto(8)));
    expect(await problemOf(8)).toBeUndefined();
    const { openWindow } = await ledger.verify();
    expect(openWindow.shards).toContainEqual({ shard: 8, first: 31, last: 35 });
  });
});

describe('SR-87: as superuser, who leaves traces', () => {
  async function change(shard: number, position: number, assignment: string): Promise<void> {
    const sql = `update admin.ledger_entries set ${assignment} where shard = ${shard} and position = ${position}`;
    await asSuperuser(ledger.database, (client) => client.query(sql));
  }

  test.each([
    [9, 14, `body = replace(body, '"success"', '"failure"')`, 'body_hash', 14],
    [10, 14, `outcome = 'failure'`, 'column', 14],
    [11, 33, `occurred_at = occurred_at + interval '1 microsecond'`, 'column', 33],
    [12, 33, `position = 99`, 'missing', 33],
    [13, 33, `previous_hash = decode(repeat('00', 32), 'hex')`, 'previous_hash', 33],
  ])('in shard %i at %i: %s', async (shard, at, assignment, rule, position) => {
    await change(shard, at, assignment);
    expect(await problemOf(shard)).toMatchObject({ rule, position });
  });

  test('an entry whose hash was computed anew is named, and not the one after it', async () => {
    await change(14, 14, `body = body || ' ', hash = sha256(convert_to(body || ' ', 'UTF8'))`);
    expect(await problemOf(14)).toMatchObject({ position: 14, id: idAt(14, 14) });
  });

  test('entries beyond the head are seen', async () => {
    const sql = `update admin.ledger_heads h set position = e.position, hash = e.hash from admin.ledger_entries e
      where h.shard = 15 and e.shard = 15 and e.position = 33`;
    await asSuperuser(ledger.database, (client) => client.query(sql));
    expect(await problemOf(15)).toMatchObject({ rule: 'stray', position: 34, id: idAt(15, 34) });
  });
});
