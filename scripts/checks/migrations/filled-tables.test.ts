import { describe, expect, it } from 'vitest';
import { lintMigrations } from '#checks/migrations/lint.ts';
import { backfill, base, index, release, rulesOf, sql, validation } from '#test/planned-migrations.ts';

// What the release before writes to users is written to the new table as well, and waits where that is locked.
const made = sql('2-changes', [
  'create table auth.changes (user_id uuid constraint changes_pkey primary key, status text, n int)',
  `create function auth.note_change() returns trigger language plpgsql as
     $$ begin insert into auth.changes values (new.id, new.status, 0); return null; end $$`,
  'create trigger users_changes after update on auth.users for each row execute function auth.note_change()',
]);
const filled = backfill(
  '3-changes-filled',
  `insert into auth.changes select u.id, u.status, 0 from auth.users u
     where not exists (select from auth.changes c where c.user_id = u.id) limit 1000`,
);
const untied = sql('3-untied', ['drop trigger users_changes on auth.users']);
const next = (...statements: readonly string[]) => sql('4-next', statements);

describe('a table that no release knows, and that an earlier migration has made', () => {
  it.each([
    ['index', 'create index changes_status_index on auth.changes (status)'],
    ['index', 'alter table auth.changes add constraint changes_status_key unique (status)'],
    ['rewrite', 'alter table auth.changes alter column n type bigint'],
    ['rewrite', 'alter table auth.changes add column number bigserial'],
    ['validate', 'alter table auth.changes add constraint changes_n_check check (n > 0)'],
    ['validate', 'alter table auth.changes validate constraint changes_n_check'],
    [
      'validate',
      'alter table auth.devices add constraint d_fkey foreign key (user_id) references auth.changes (user_id)',
    ],
    ['not-null', 'alter table auth.changes alter column n set not null'],
    ['data', 'update auth.changes set n = 1'],
    ['data', 'insert into auth.changes select gen_random_uuid(), null, n from generate_series(0, 15) as n'],
    ['data', 'create table auth.copies as select * from auth.changes'],
    ['unknown', 'create table auth.part partition of auth.changes default'],
  ])('is not read or written from end to end (%s): %s', async (rule, statement) => {
    expect(await rulesOf(made, filled, next(statement))).toContain(rule);
  });

  it('is not locked together with a table in use', async () => {
    const statements = ['alter table auth.users add column a text', 'alter table auth.changes add column a text'];
    expect(await rulesOf(made, filled, next(...statements))).toEqual(['locks']);
  });

  it('keeps its danger under another name', async () => {
    const renamed = sql('4-renamed', ['alter table auth.changes rename to user_changes']);
    const indexed = sql('5-index', ['create index changes_status_index on auth.user_changes (status)']);
    expect(await rulesOf(made, filled, untied, renamed, indexed)).toEqual(['index']);
  });

  it('breaks no release by another type', async () => {
    const plans = [base, made, filled, next('alter table auth.changes alter column n type bigint')];
    expect((await lintMigrations('auth', plans, release)).map(({ what }) => what)).toEqual([
      'another type for auth.changes.n writes the whole table anew (the transaction locks auth.changes)',
    ]);
  });

  it.each([
    'alter table auth.changes drop column status',
    'alter table auth.changes rename column status to state',
    'alter table auth.changes rename to user_changes',
    'drop table auth.changes',
  ])('keeps what a trigger on a table in use writes there: %s', async (statement) => {
    expect(await rulesOf(made, next(statement))).toEqual(['contract']);
    expect(await rulesOf(made, untied, next(statement))).toEqual([]);
  });

  it('keeps what is written there by way of another table and another function', async () => {
    const more = sql('3-more', [
      'create table auth.totals (status text, n int)',
      `create function auth.count_status(text) returns void language sql begin atomic; insert into auth.totals values ($1, 1); end`,
      `create function auth.note_total() returns trigger language plpgsql as
         $$ begin perform auth.count_status(new.status); return null; end $$`,
      'create trigger changes_total after insert on auth.changes for each row execute function auth.note_total()',
    ]);
    expect(await rulesOf(made, more, next('drop table auth.totals'))).toEqual(['contract']);
    expect(await rulesOf(made, untied, more, next('drop table auth.totals'))).toEqual([]);
  });

  it('asks for no value that who fills it does not give', async () => {
    const added = 'alter table auth.changes add column at timestamptz';
    const missing = next(`${added} not null`);
    const checked = next(added, 'alter table auth.changes add constraint c check (at is not null) not valid');
    expect(await rulesOf(made, filled, missing)).toEqual(['not-null']);
    expect(await rulesOf(made, untied, filled, missing)).toEqual(['not-null']);
    expect(await rulesOf(made, filled, checked)).toEqual(['not-null']);
    expect(await rulesOf(made, untied, filled, checked)).toEqual([]);
  });

  it('takes whatever is brief or keeps nobody out', async () => {
    const check = next(
      'alter table auth.changes add column at timestamptz, add constraint changes_n_check check (n > 0) not valid',
      'alter table auth.changes rename column at to changed_at',
      'alter table auth.changes drop column status',
      `insert into auth.changes values (gen_random_uuid(), 1, null)`,
    );
    const validated = validation('5-validate', 'auth.changes', 'changes_n_check');
    const indexed = index('6-index', { create: 'changes_n_index', on: 'auth.changes', as: '(n)' });
    const gone = sql('7-drop', ['drop index auth.changes_n_index', 'truncate auth.changes', 'drop table auth.changes']);
    expect(await rulesOf(made, filled, untied, check, validated, indexed, gone)).toEqual([]);
  });

  it('is nobody’s before the first release', async () => {
    const plans = [made, next('create index changes_status_index on auth.changes (status)')];
    expect(await lintMigrations('auth', plans, undefined)).toEqual([]);
  });
});
