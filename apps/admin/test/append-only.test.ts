import { runStatement } from '@bank/database';
import { uuidv7 } from '@bank/domain';
import { shardOf } from '@bank/ledger';
import { describe, expect, test } from 'vitest';
import { appendEntries } from '#features/ledger/append-entries.ts';
import { adminApp } from './admin-app.ts';
import { brokenAt, entryAbout, shardEntries } from './entries.ts';

const app = adminApp();
const changes = [
  "update admin.ledger_entries set outcome = 'failure'",
  'delete from admin.ledger_entries',
  'truncate admin.ledger_entries',
];
const weekMs = 7 * 86_400_000;

describe('SR-87: an entry, once written', () => {
  test.each(changes)('stands against the app: %s', async (statement) => {
    await appendEntries(app.ctx, [entryAbout(uuidv7())]);
    await expect(runStatement(app.ctx.database.fork(), statement)).rejects.toMatchObject({ code: '42501' });
  });

  test.each(changes)('stands against whoever may do everything: %s', async (statement) => {
    await appendEntries(app.ctx, [entryAbout(uuidv7())]);
    await expect(app.database.query(statement)).rejects.toThrow('the ledger is append-only');
  });

  test('stands in its partition against the app', async () => {
    const [partition] = await app.database.query<{ name: string }>(
      'select tableoid::regclass::text as name from admin.ledger_entries limit 1',
    );
    const statement = `delete from ${partition?.name}`;
    await expect(runStatement(app.ctx.database.fork(), statement)).rejects.toMatchObject({ code: '42501' });
    await expect(app.database.query(statement)).rejects.toThrow('the ledger is append-only');
  });

  test('moves out of the default partition when its week is made', async () => {
    const at = Date.now() + 6 * weekMs;
    const entry = entryAbout(uuidv7(), { id: uuidv7(at) });
    await appendEntries(app.ctx, [entry]);
    const place = async () => {
      const sql = 'select tableoid::regclass::text as name from admin.ledger_entries where id = $1';
      return (await app.database.query<{ name: string }>(sql, [entry.id]))[0]?.name;
    };
    expect(await place()).toBe('admin.ledger_entries_default');
    await runStatement(app.ctx.database.fork(), 'select admin.maintain_partitions(8)');
    expect(await place()).toMatch(/ledger_entries_w\d{8}$/);
    expect(brokenAt(await shardEntries(app, shardOf(entry.subject)))).toBeUndefined();
  });
});

test('SR-87: the app moves the heads of the shards and makes none', async () => {
  for (const statement of ['delete from admin.ledger_heads', 'insert into admin.ledger_heads values (16, 0, null)']) {
    await expect(runStatement(app.ctx.database.fork(), statement)).rejects.toMatchObject({ code: '42501' });
  }
});
