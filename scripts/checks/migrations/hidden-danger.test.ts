import type { MigrationPlan } from '@bank/database';
import { describe, expect, it } from 'vitest';
import { index, rulesOf, sql, validation } from '#test/planned-migrations.ts';

const since = '1.1.0';

describe('what goes while it looks like something else', () => {
  it.each<[string, readonly string[], string?]>([
    [
      'a function that shares its name with a new one',
      [`create function auth.g(a text, b text) returns void language sql as ''`, 'drop function auth.g(text)'],
    ],
    ['a value of a type', [`alter type auth.mood rename value 'glad' to 'happy'`]],
    [
      'a column of a table that is made only if it is not there',
      ['create table if not exists auth.users (id uuid)', 'alter table auth.users drop column locale'],
    ],
    [
      'a table whose name a new sequence would have',
      ['create sequence if not exists auth.devices', 'drop table auth.devices'],
    ],
    [
      'a table whose name a new function has',
      [`create function auth.devices() returns void language sql as ''`, 'drop table auth.devices'],
    ],
    [
      'a table whose name a new table is to have',
      ['create table auth.n (id uuid)', 'alter table auth.n rename to devices', 'drop table auth.devices'],
    ],
    ['the rights of a function', ['alter function auth.append_outbox(text) security invoker']],
    [
      'the rights of a replaced one',
      [`create or replace function auth.append_outbox(text) returns void language sql as ''`],
    ],
    [
      'calls with an argument that is null',
      [`create or replace function auth.append_outbox(text) returns void language sql strict security definer as ''`],
    ],
    ['what a call means', [`create function auth.append_outbox(text, int default 1) returns void language sql as ''`]],
    ['a view', ['create or replace view auth.people as select id from auth.users where false']],
    [
      'a trigger',
      [
        'create or replace trigger users_noted after update on auth.users for each row when (false) execute function auth.note()',
      ],
    ],
    ['a default', ['alter table auth.users alter column status set default null']],
    ['the name by which an error is told', ['alter index auth.users_old_index rename to users_former_index']],
    ['a table that is called an index', ['alter index auth.users rename to people']],
    [
      'an index that takes the name of a constraint',
      ['alter table auth.users add constraint users_old_key unique using index users_old_index'],
    ],
    [
      'a unique constraint that a check replaces',
      [
        'alter table auth.users drop constraint users_locale_key, add constraint users_locale_key check (true) not valid',
      ],
    ],
    [
      'a value that a check lets through',
      [
        `alter table auth.users drop constraint users_mood_check,
           add constraint users_mood_check check (old in ('glad', 'cross')) not valid`,
      ],
    ],
    [
      'a row that a new table does not have',
      [
        'create table auth.locales (code text primary key)',
        `alter table auth.users add constraint users_locale_fkey
           foreign key (locale) references auth.locales (code) not valid`,
      ],
    ],
    ['the right to read', ['revoke select on auth.users from auth_app'], since],
    ['the right to read a schema', ['revoke all on all tables in schema auth from auth_app'], since],
    ['a schema', ['drop schema auth'], since],
    ['what depends on a function', ['drop function auth.append_outbox(text) cascade'], since],
    ['what depends on a column', ['alter table auth.users drop column old cascade'], since],
    ['what refers to a new table', ['create table auth.n (id uuid)', 'truncate auth.n cascade']],
  ])('is %s', async (_, statements, unusedSince) => {
    expect(await rulesOf(sql('2-next', statements, unusedSince))).toContain('contract');
  });

  it('is a unique index, dropped or built anew as another', async () => {
    const other = { create: 'users_old_index', on: 'auth.users', as: '(status)' };
    expect(await rulesOf(index('2-index', { drop: 'auth.users_old_index' }))).toEqual(['contract']);
    expect(await rulesOf(index('2-index', other))).toEqual(['contract']);
    expect(await rulesOf(index('2-index', { drop: 'auth.users_old_index' }, since))).toEqual([]);
    expect(await rulesOf(index('2-index', { drop: 'auth.users_status_index' }))).toEqual([]);
  });
});

it('refuses what is unique in columns that the release before writes all alike', async () => {
  const email = (rest: string) => sql('2-email', [`alter table auth.users add column email text ${rest}`]);
  const unique = (as: string) => index('3-index', { create: 'users_email_key', on: 'auth.users', as, unique: true });
  expect(await rulesOf(email(`not null default ''`), unique('(email)'))).toEqual(['contract']);
  expect(await rulesOf(email(''), unique('(email) nulls not distinct'))).toEqual(['contract']);
  expect(await rulesOf(email(''), unique('(email)'))).toEqual([]);
  expect(await rulesOf(email(`not null default ''`), unique('(email, id)'))).toEqual([]);
});

describe('what a table in use is kept from', () => {
  const check = sql('2-check', [
    'alter table auth.users add constraint users_old_set check (old is not null) not valid',
  ]);
  const validated = validation('3-validate', 'auth.users', 'users_old_set');

  it.each<[string, string, readonly string[]]>([
    ['rewrite', 'a column of a domain', ['alter table auth.users add column email auth.email']],
    [
      'rewrite',
      'a function named like one of Postgres',
      ['alter table auth.users add column at timestamptz default auth.now()'],
    ],
    ['not-null', 'a default of null', ['alter table auth.users add column email text not null default null::text']],
    [
      'not-null',
      'a primary key of a column that may be null',
      ['alter table auth.users add constraint users_old_index primary key using index users_old_index'],
    ],
    [
      'unknown',
      'a primary key of who knows what',
      ['alter table auth.users add primary key using index users_some_index'],
    ],
    [
      'not-null',
      'a check of a column that the release before does not know',
      [
        'alter table auth.users add column email text',
        'alter table auth.users add constraint users_email_set check (email is not null) not valid',
      ],
    ],
    [
      'unknown',
      'a partition that was a table of its own',
      [
        'create table auth.n (id uuid) partition by list (id)',
        'alter table auth.n attach partition auth.users default',
      ],
    ],
    [
      'validate',
      'a foreign key of what was copied to a new table',
      [
        'create table auth.n (user_id uuid)',
        'alter table auth.n add constraint n_user_fkey foreign key (user_id) references auth.users (id)',
      ],
    ],
    [
      'rewrite',
      'an operator like one of Postgres',
      ['alter table auth.users add column n int default 1 operator(auth.+) 2'],
    ],
    ['unknown', 'another place of a new index', ['alter index auth.users_new_index set tablespace slow']],
    ['unknown', 'a default that calls', ['alter table auth.users alter column locale set default auth.work()']],
    ['unknown', 'no vacuum', ['alter table auth.users set (autovacuum_enabled = false)']],
    ['unknown', 'other rights of a view', ['alter view auth.people set (security_invoker = true)']],
    ['index', 'a new index that goes', ['drop index auth.users_new_index']],
    [
      'locks',
      'two statements in a string',
      ['alter table auth.users add column a text; alter table auth.visits add column a text'],
    ],
    [
      'locks',
      'a trigger and another table',
      ['drop trigger t on auth.visits', 'alter table auth.users add column a text'],
    ],
  ])('breaks the rule %s: %s', async (rule, _, statements) => {
    const made = index('2-index', { create: 'users_new_index', on: 'auth.users', as: '(locale)' });
    expect(await rulesOf(made, sql('3-next', statements))).toContain(rule);
  });

  it('is every row read for nulls, once the check that says there are none is gone', async () => {
    const notNull = 'alter column old set not null';
    const gone = sql('4-drop', ['alter table auth.users drop constraint users_old_set'], since);
    const after = sql('5-not-null', [`alter table auth.users ${notNull}`]);
    expect(await rulesOf(check, validated, gone, after)).toEqual(['not-null']);
    const together = sql('4-both', [`alter table auth.users drop constraint users_old_set, ${notNull}`], since);
    expect(await rulesOf(check, validated, together)).toEqual(['not-null']);
    expect(await rulesOf(check, validated, after)).toEqual([]);
  });

  it('is no primary key of columns that are not null', async () => {
    const key = 'alter table auth.users add constraint users_old_index primary key using index users_old_index';
    expect(await rulesOf(check, validated, sql('4-key', [key]))).toEqual([]);
  });

  it('is a validation that does more than validate', async () => {
    const statements = ['alter table auth.users add column a text, validate constraint users_status_check'];
    expect(await rulesOf({ ...validated, statements })).toEqual(['validate']);
  });

  it('is an index migration with more in it than an index', async () => {
    const as = '(status); drop table auth.users';
    expect(await rulesOf(index('2-index', { create: 'users_some_index', on: 'auth.users', as }))).toEqual(['index']);
  });
});

describe('what looks dangerous and is not', () => {
  it.each<[string, MigrationPlan]>([
    [
      'a function and a trigger of its own',
      sql('2', [
        `create function auth.g(a int) returns trigger language plpgsql as ''`,
        'revoke all on function auth.g from public',
        'create trigger users_seen after update on auth.users for each row execute function auth.g()',
        'drop trigger users_seen on auth.users',
        'drop function auth.g(integer)',
      ]),
    ],
    [
      'another body',
      sql('2', [
        `create or replace function auth.append_outbox(a text) returns void language sql security definer as 'x'`,
      ]),
    ],
    ['another value of a type', sql('2', [`alter type auth.mood add value 'sad'`])],
    [
      'another value that a check lets through',
      sql('2', [
        `alter table auth.users drop constraint users_mood_check,
           add constraint users_mood_check check (old in ('glad', 'sad', 'cross')) not valid`,
      ]),
    ],
    [
      'a reference to a new table',
      sql('2', [
        'create table auth.locales (code text primary key)',
        'alter table auth.users add column locale_code text',
        `alter table auth.users add constraint users_locale_fkey
           foreign key (locale_code) references auth.locales (code) not valid`,
      ]),
    ],
    [
      'a check of a new column with a default',
      sql('2', [
        'alter table auth.users add column email text',
        `alter table auth.users alter column email set default ''`,
        'alter table auth.users add constraint users_email_set check (email is not null) not valid',
      ]),
    ],
    [
      'another fill factor',
      sql('2', ['alter table auth.users set (fillfactor = 80, autovacuum_vacuum_scale_factor = 0.01)']),
    ],
  ])('is %s', async (_, plan) => {
    expect(await rulesOf(plan)).toEqual([]);
  });
});
