import type { MigrationPlan } from '@bank/database';
import { describe, expect, it } from 'vitest';
import { backfill, rulesOf, sql } from '#test/planned-migrations.ts';

describe('rows that are read or changed', () => {
  const done = `old is null`;

  it.each<[string, string, MigrationPlan]>([
    [
      'data',
      'a query among values',
      sql('2', ['insert into auth.devices values ((select id from auth.users limit 1))']),
    ],
    [
      'data',
      'a query on conflict',
      sql('2', [
        'insert into auth.devices values (null) on conflict (id) do update set id = (select id from auth.users)',
      ]),
    ],
    [
      'data',
      'a delete before an insert into a new table',
      sql('2', [
        'create table auth.n (id uuid)',
        'with gone as (delete from auth.users returning id) insert into auth.n select id from gone',
      ]),
    ],
    [
      'unknown',
      'a delete before a harmless call',
      sql('2', ['with gone as (delete from auth.users) select auth.maintain_partitions(4)']),
    ],
    ['unknown', 'a call among values', sql('2', ['insert into auth.devices values (auth.work())'])],
    [
      'unknown',
      'a setting among values',
      sql('2', [`insert into auth.devices values (set_config('lock_timeout', '1h', true))`]),
    ],
    [
      'backfill',
      'no limit',
      backfill('2', `update auth.users set old = 'x' where id in (select id from auth.users where ${done} limit all)`),
    ],
    [
      'backfill',
      'a limit of something else',
      backfill('2', `update auth.users set old = (select old from auth.users limit 1) where ${done}`),
    ],
    [
      'backfill',
      'a limit beyond reason',
      backfill(
        '2',
        `update auth.users set old = 'x' where id in (select id from auth.users where ${done} limit 1000000)`,
      ),
    ],
    [
      'backfill',
      'ties',
      backfill(
        '2',
        `update auth.users set old = 'x' where id in (select id from auth.users where ${done} order by id fetch first 9 rows with ties)`,
      ),
    ],
    [
      'backfill',
      'or all',
      backfill(
        '2',
        `update auth.users set old = 'x' where ${done} or id in (select id from auth.users where ${done} limit 9)`,
      ),
    ],
    [
      'backfill',
      'all but some',
      backfill(
        '2',
        `update auth.users set old = 'x' where id not in (select id from auth.users where ${done} limit 9)`,
      ),
    ],
    [
      'backfill',
      'a value that many rows have',
      backfill(
        '2',
        `update auth.users set old = 'x' where status in (select status from auth.users where ${done} limit 9)`,
      ),
    ],
    [
      'backfill',
      'an expression that is alike for all',
      backfill(
        '2',
        `update auth.users set old = 'x' where (id is null) in (select ${done} from auth.users where ${done} limit 9)`,
      ),
    ],
    [
      'backfill',
      'a query for each row',
      backfill(
        '2',
        `update auth.users u set old = 'x' where id in (select o.id from auth.users o where o.id = u.id and o.${done} limit 9)`,
      ),
    ],
    [
      'backfill',
      'a query of the row itself',
      backfill('2', `update auth.users set old = 'x' where id in (select id from auth.devices where ${done} limit 9)`),
    ],
    [
      'backfill',
      'no end',
      backfill(
        '2',
        `update auth.users set old = 'x' where id in (select id from auth.users where status = 'a' limit 9)`,
      ),
    ],
    [
      'backfill',
      'an insert without an end',
      backfill('2', 'insert into auth.visits select id from auth.users limit 9'),
    ],
    [
      'backfill',
      'another table beside it',
      backfill(
        '2',
        `with gone as (delete from auth.visits) update auth.users set old = 'x' where id in (select id from auth.users where ${done} limit 9)`,
      ),
    ],
    [
      'contract',
      'all rows, some at a time',
      backfill('2', 'delete from auth.users where id in (select id from auth.users limit 9)'),
    ],
    [
      'contract',
      'all values, some at a time',
      backfill(
        '2',
        'update auth.users set locale = null where id in (select id from auth.users where locale is not null limit 9)',
      ),
    ],
    [
      'unknown',
      'a call in a batch',
      backfill(
        '2',
        `update auth.users set old = auth.work() where id in (select id from auth.users where ${done} limit 9)`,
      ),
    ],
  ])('break the rule %s: %s', async (rule, _, plan) => {
    expect(await rulesOf(plan)).toContain(rule);
  });

  it.each<[string, MigrationPlan]>([
    [
      'rows that are over',
      backfill('2', `delete from auth.users where id in (select id from auth.users where status = 'gone' limit 1000)`),
    ],
    [
      'rows that are copied',
      backfill(
        '2',
        'insert into auth.visits select u.id from auth.users u where not exists (select from auth.visits v where v.id = u.id) limit 1000',
      ),
    ],
    [
      'rows that are joined',
      backfill(
        '2',
        `update auth.users set old = 'x' where (id) in (select users.id from auth.users join auth.devices d on d.user_id = users.id where ${done} limit 9)`,
      ),
    ],
  ])('are %s', async (_, plan) => {
    expect(await rulesOf(plan)).toEqual([]);
  });
});
