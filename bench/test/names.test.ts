import { randomBytes } from 'node:crypto';
import { blindIndex, staticKeyring } from '@bank/security';
import { testDatabase } from '@bank/testing';
import { expect, test } from 'vitest';
import { nameSearches, namesData } from '#scale/names.ts';

const people = 2000;

test('people of a data set have the terms of a profile each, and what is searched for under the key that is there', async () => {
  const database = await testDatabase({ name: 'bench_names' });
  const keyring = staticKeyring('blind-index', { k1: randomBytes(32) }, 'k1');
  await database.query('create schema profile');
  await database.query(`create table profile.profiles (user_id uuid primary key, version bigint, created_at timestamptz,
    updated_at timestamptz, search_version bigint, search_scheme text)`);
  await database.query(`create table profile.search_tokens (key_id text, token bytea, owner_id uuid,
    constraint search_tokens_pkey primary key (key_id, token, owner_id))`);
  for (const statement of namesData(people, keyring).statements) await database.query(statement);
  expect(await database.query('select count(*)::int as rows from profile.search_tokens')).toEqual([
    { rows: people * 12 },
  ]);
  const held = async (term: string) => {
    const [token] = blindIndex(keyring, 'profile.search_tokens', term);
    const sql = 'select 1 from profile.search_tokens where token = $1';
    return (await database.query(sql, [Buffer.from(token?.digest ?? []).subarray(0, 16)])).length;
  };
  expect((await held(nameSearches['a common word'].term)) / people).toBeGreaterThan(0.01);
  expect(await held(nameSearches['a common beginning'].term)).toBeGreaterThan(0);
  await database.drop();
});
