import { describe, expect, it } from 'vitest';
import { lintMigrations } from '#checks/migrations/lint.ts';
import { backfill, base, index, release, rulesOf, sql, validation } from '#test/planned-migrations.ts';

describe('a migration that would hurt', () => {
  it.each([
    ['index', 'create index users_locale_index on auth.users (locale)'],
    ['index', 'create index concurrently users_locale_index on auth.users (locale)'],
    ['index', 'drop index auth.users_status_index'],
    ['index', 'alter table auth.users add constraint users_locale_key unique (locale)'],
    ['index', 'alter table auth.users add column email text unique'],
    ['validate', `alter table auth.users add constraint users_status_check check (status <> '')`],
    ['validate', `alter table auth.users add column email text check (email <> '')`],
    [
      'validate',
      'alter table auth.devices add constraint devices_user_fkey foreign key (user_id) references auth.users (id)',
    ],
    ['validate', 'alter table auth.devices add column owner_id uuid references auth.users (id)'],
    ['validate', 'alter table auth.users validate constraint users_status_check'],
    ['rewrite', 'alter table auth.users alter column status type varchar(20)'],
    ['rewrite', 'alter table auth.users add column seen_at timestamptz default clock_timestamp()'],
    ['rewrite', 'alter table auth.users add column token uuid default gen_random_uuid()'],
    ['rewrite', 'alter table auth.users add column number bigserial'],
    ['rewrite', 'alter table auth.users add column number bigint generated always as identity'],
    ['rewrite', 'alter table auth.users add column low text generated always as (lower(status)) stored'],
    ['not-null', 'alter table auth.users add column email text not null'],
    ['not-null', 'alter table auth.users alter column locale set not null'],
    ['contract', 'alter table auth.users drop column locale'],
    ['contract', 'alter table auth.users drop column old'],
    ['contract', 'alter table auth.users drop constraint users_pkey'],
    ['contract', 'alter table auth.users alter column status drop default'],
    ['contract', 'alter table auth.users rename column locale to language'],
    ['contract', 'alter table auth.users rename to people'],
    ['contract', 'alter table auth.users rename constraint users_pkey to people_pkey'],
    ['contract', 'drop table auth.devices'],
    ['contract', 'drop function auth.append_outbox(text)'],
    ['contract', 'truncate auth.devices'],
    ['contract', 'revoke insert on auth.users from auth_app'],
    ['data', `update auth.users set locale = 'en'`],
    ['data', `delete from auth.devices where user_id is null`],
    ['data', 'insert into auth.devices select id, id from auth.users'],
    ['data', 'create table auth.copies as select * from auth.users'],
    ['data', 'with gone as (delete from auth.devices returning id) insert into auth.devices values (null, null)'],
    ['session', `set lock_timeout = '1h'`],
    ['session', 'commit'],
    ['session', 'lock table auth.users in access exclusive mode'],
    ['unknown', 'do $$ begin delete from auth.users; end $$'],
    ['unknown', 'call auth.work()'],
    ['unknown', 'select auth.work()'],
    ['unknown', 'alter table auth.users set unlogged'],
    ['unknown', 'alter table auth.users owner to somebody'],
    ['unknown', 'create table auth.part partition of auth.users default'],
    ['unknown', 'cluster auth.users using users_pkey'],
    ['unknown', 'vacuum auth.users'],
    ['syntax', 'alter table auth.users add colum locale text'],
  ])('fails by the rule %s: %s', async (rule, statement) => {
    expect(await rulesOf(sql('2-next', [statement]))).toContain(rule);
  });

  it('fails two tables that are locked together', async () => {
    const statements = ['alter table auth.users add column a text', 'alter table auth.devices add column b text'];
    expect(await rulesOf(sql('2-next', statements))).toEqual(['locks']);
    expect(await rulesOf(sql('2-next', [statements[0] ?? '']), sql('3-next', [statements[1] ?? '']))).toEqual([]);
  });

  it('fails a batch without a limit', async () => {
    expect(await rulesOf(backfill('2-fill', `update auth.users set locale = 'en' where locale is null`))).toEqual([
      'backfill',
    ]);
  });

  it('fails what is dropped or emptied while the last release uses it, whatever the migration says', async () => {
    expect(await rulesOf(sql('2-next', ['alter table auth.users drop column locale'], '1.2.0'))).toEqual(['contract']);
    expect(await rulesOf(sql('2-next', ['drop table auth.devices'], '1.1.0'))).toEqual(['contract']);
    expect(await rulesOf(sql('2-next', ['truncate auth.devices'], '1.1.0'))).toEqual(['contract']);
  });

  it('fails a drop that waits for a release that was never made', async () => {
    expect(await rulesOf(sql('2-next', ['alter table auth.users drop column old'], '1.3.0'))).toEqual(['contract']);
    expect(await rulesOf(sql('2-next', ['alter table auth.users drop column old'], 'soon'))).toEqual(['contract']);
  });

  it('fails a change to what was released, a gap in it, and a place before it', async () => {
    const other = sql('1-base', ['create table auth.users (id uuid)']);
    expect((await lintMigrations('auth', [other], release)).map(({ rule }) => rule)).toEqual(['released']);
    expect((await lintMigrations('auth', [], release)).map(({ what }) => what)).toEqual([
      'release 1.2.0 ran it, and it is gone',
    ]);
    const early = sql('0-early', ['create table auth.early (id uuid)']);
    expect((await lintMigrations('auth', [early, base], release)).map(({ rule }) => rule)).toEqual(['released']);
  });

  it('fails NOT NULL before its check is validated, in another migration', async () => {
    const check = sql('2-check', [
      'alter table auth.users add constraint users_locale_set check (locale is not null) not valid',
    ]);
    const notNull = sql('4-not-null', ['alter table auth.users alter column locale set not null']);
    expect(await rulesOf(check, notNull)).toEqual(['not-null']);
    expect(await rulesOf(check, validation('3-validate', 'auth.users', 'users_locale_set'), notNull)).toEqual([]);
  });

  it('says which migration, which statement, which rule, and what to write', async () => {
    const text = 'create index users_locale_index on auth.users (locale)';
    const plan = sql('2-next', ['alter table auth.users add column a text', text]);
    expect(await lintMigrations('auth', [base, plan], release)).toEqual([
      {
        migration: '2-next',
        statement: 2,
        text,
        rule: 'index',
        what: 'nobody can write to auth.users while the index is built (the transaction locks auth.users)',
        instead: 'an IndexMigration',
        long: true,
      },
    ]);
  });
});

describe('a migration that hurts nobody', () => {
  it.each([
    ['a column that may be null', ['alter table auth.users add column email text']],
    ['a constant default', [`alter table auth.users add column kind text not null default 'person'`]],
    [
      'a default that is one value for all',
      ['alter table auth.users add column at timestamptz not null default now()'],
    ],
    ['a default for new rows', [`alter table auth.users alter column locale set default 'en'`]],
    ['null allowed', ['alter table auth.users alter column status drop not null']],
    [
      'a check for new rows',
      [`alter table auth.users add constraint users_status_check check (status <> '') not valid`],
    ],
    [
      'a check in the place of another',
      [
        `alter table auth.users drop constraint users_status_check,
           add constraint users_status_check check (length(status) > 0) not valid`,
      ],
    ],
    [
      'a constraint by an index that is there',
      ['alter table auth.users add constraint users_locale_key unique using index users_locale_key'],
    ],
    ['some rows of its own', [`insert into auth.devices (id) values ('018f0000-0000-7000-8000-000000000000')`]],
    [
      'a function and its trigger',
      [
        'create function auth.f() returns trigger language plpgsql as $$ begin return new; end $$',
        'revoke all on function auth.f() from public',
        'create trigger f before update on auth.users for each row execute function auth.f()',
      ],
    ],
    [
      'everything on a table of its own',
      [
        'create table auth.things (id uuid primary key, user_id uuid references auth.users (id), n int)',
        'create index things_n_index on auth.things (n)',
        'alter table auth.things add constraint things_n_check check (n > 0), alter column n type bigint',
        'insert into auth.things select gen_random_uuid(), null, n from generate_series(0, 15) as n',
        'revoke delete on auth.things from auth_app',
        'alter table auth.things rename column n to number',
        'drop table auth.things',
      ],
    ],
    [
      'partitions made by their function',
      [
        'create table auth.parts (id uuid primary key) partition by range (id)',
        'create table auth.parts_default partition of auth.parts default',
        'select auth.maintain_partitions(4)',
      ],
    ],
  ])('passes %s', async (_, statements) => {
    expect(await rulesOf(sql('2-next', statements))).toEqual([]);
  });

  it('passes a back-fill in batches and an index beside its writers', async () => {
    const fill = `update auth.users set locale = 'en' where id in (select id from auth.users where locale is null limit 1000)`;
    const byLocale = index('3-index', { create: 'users_locale_index', on: 'auth.users', as: '(locale)' });
    expect(await rulesOf(backfill('2-fill', fill), byLocale)).toEqual([]);
  });

  it('passes a drop of what the last release does without, when it says since when', async () => {
    expect(await rulesOf(sql('2-next', ['alter table auth.users drop column old'], '1.2.0'))).toEqual([]);
    expect(await rulesOf(sql('2-next', ['drop table auth.visits'], '1.1.0'))).toEqual([]);
  });

  it('passes what was released, as it is', async () => {
    const heavy = sql('1-heavy', ['create index users_locale_index on auth.users (locale)', 'drop table auth.devices']);
    const record = {
      ...release,
      migrations: { auth: [base, heavy].map(({ name, checksum }) => ({ name, checksum })) },
    };
    expect(await lintMigrations('auth', [base, heavy], record)).toEqual([]);
  });
});
