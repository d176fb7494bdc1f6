import { describe, expect, it } from 'vitest';
import { withKeysOfNewTables } from '#stack/provisioning/new-tables.ts';
import { rulesOf, sql } from '#test/planned-migrations.ts';

const cards = 'create table "auth"."cards" ("id" uuid not null, "user_id" uuid not null, primary key ("id"))';
const uses = 'create table "auth"."uses" ("card_id" uuid not null)';
const ofUser =
  'constraint "cards_user_fkey" foreign key ("user_id") references "auth"."users" ("id") on update no action on delete cascade';
const ofDevice = 'constraint "cards_device_fkey" foreign key ("id") references "auth"."devices" ("id")';
const ofCard = 'constraint "uses_card_fkey" foreign key ("card_id") references "auth"."cards" ("id")';

describe('the foreign keys of a new table', () => {
  it('stand in its `create table`, as `check migrations` wants them', async () => {
    const index = 'create index "cards_user_index" on "auth"."cards" ("user_id")';
    const statements = [cards, index, `alter table "auth"."cards" add ${ofUser}`];
    expect(await rulesOf(sql('2-cards', statements))).toContain('validate');
    const within = withKeysOfNewTables(statements);
    expect(within).toEqual([`${cards.slice(0, -1)}, ${ofUser})`, index]);
    expect(await rulesOf(sql('2-cards', within))).toEqual([]);
  });

  it('stand there in their order when there are more', () => {
    const keys = [ofUser, ofDevice].map((key) => `alter table "auth"."cards" add ${key}`);
    expect(withKeysOfNewTables([cards, ...keys])).toEqual([`${cards.slice(0, -1)}, ${ofUser}, ${ofDevice})`]);
  });

  it('stay apart between two new tables, of which the other may come later', async () => {
    const statements = [uses, cards, `alter table "auth"."uses" add ${ofCard}`];
    expect(withKeysOfNewTables(statements)).toEqual(statements);
    expect(await rulesOf(sql('2-cards', statements))).toEqual([]);
  });
});

it('leaves a key of a table that is there to `check migrations`', () => {
  const statements = [
    cards,
    'alter table "auth"."visits" add constraint "k" foreign key ("id") references "auth"."users" ("id")',
  ];
  expect(withKeysOfNewTables(statements)).toEqual(statements);
});
