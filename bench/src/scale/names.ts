import { join } from 'node:path';
import type { Stack } from '@bank/scripts/stack';
import { blindIndex, type Keyring, openKeyring } from '@bank/security';
import { type DataSet, uuidv7Sql } from '#scale/data-set.ts';

/** Searches of staff, and the terms of profile's search that they ask for. */
export const nameSearches = {
  'a common word': { asked: { name: 'gaaaaa' }, term: 'word gaaaaa' },
  'two common words': { asked: { name: 'gaaaaa faaaaaa' }, term: 'words faaaaaa gaaaaa' },
  'a common word and a date': {
    asked: { name: 'gaaaaa', dateOfBirth: '1970-01-01' },
    term: 'born 1970-01-01 gaaaaa',
  },
  'a common beginning': { asked: { name: 'faaa*' }, term: 'beginning faaa' },
} as const;

const tokenBytes = 16;
const constraint = 'search_tokens_pkey';

/** The index key of a stack's profile. */
export function openIndexKeys({ environments }: Pick<Stack, 'environments'>): Keyring & { close(): void } {
  const file = join(environments.profile['KEYRING_DIR'] ?? '', 'blind-index.json');
  return openKeyring(file, { name: 'blind-index', allowDevelopmentKeys: true });
}

/**
 * People in profile, each with a given name of a thousand and a family name of twenty thousand, of which the first are borne by three
 * and by one of a hundred, and a date of birth. What is searched for is stored under the key that is there, all else is noise; and
 * nobody's profile holds anything, so that who is found is not shown.
 */
export function namesData(count: number, keyring: Keyring): DataSet {
  const moment = `(now() - interval '2 years' + n * interval '2 years' / ${count + 1})`;
  const real = Object.values(nameSearches).map(({ term }) => `('${term}', '\\x${tokenOf(keyring, term)}'::bytea)`);
  return {
    name: `names_${count}`,
    statements: [
      `create unlogged table public.people as select id, at, given, family, born from (
        select n, at, ${uuidv7Sql('at', "'named ' || n")} as id, 'g' || ${wordSql(`'given ' || n`, 1000, 5)} as given,
          'f' || ${wordSql(`'family ' || n`, 20_000, 6)} as family,
          date '1940-01-01' + floor(${evenSql(`'born ' || n`)} * 25000)::int as born
        from (select n, ${moment} as at from generate_series(1, ${count}) as n) as moments) as named`,
      `create unlogged table public.terms as select id, unnest(array['word ' || given, 'word ' || family,
          'beginning ' || left(given, 3), 'beginning ' || left(given, 4), 'beginning ' || left(given, 6),
          'beginning ' || left(family, 3), 'beginning ' || left(family, 4), 'beginning ' || left(family, 6),
          'words ' || family || ' ' || given, 'born ' || born, 'born ' || born || ' ' || given, 'born ' || born || ' ' || family]) as term
        from public.people`,
      `create unlogged table public.real_terms as select * from (values ${real.join(', ')}) as r (term, token)`,
      `alter table profile.search_tokens drop constraint ${constraint}`, // what lies in no order is faster sorted once
      `insert into profile.search_tokens (key_id, token, owner_id)
        select '${keyring.current().id}', coalesce(r.token, substr(sha256(t.term::bytea), 1, ${tokenBytes})), t.id
        from public.terms t left join public.real_terms r using (term)`,
      `alter table profile.search_tokens add constraint ${constraint} primary key (key_id, token, owner_id)`,
      `insert into profile.profiles (user_id, version, created_at, updated_at, search_version, search_scheme)
        select id, 1, at, at, 1, '1.${keyring.current().id}' from public.people`,
      'drop table public.people, public.terms, public.real_terms',
    ],
  };
}

function tokenOf(keyring: Keyring, term: string): string {
  const [current] = blindIndex(keyring, 'profile.search_tokens', term);
  return Buffer.from(current?.digest ?? [])
    .subarray(0, tokenBytes)
    .toString('hex');
}

/** SQL for a number from 0 to 1, the same for the same seed. */
function evenSql(seed: string): string {
  return `(('x' || substr(md5(${seed}), 1, 8))::bit(32)::bigint / 4294967296.0)`;
}

/** SQL for a word of letters, one of `count`: the lower its number the more often. */
function wordSql(seed: string, count: number, letters: number): string {
  const index = `floor(${count} * power(${evenSql(seed)}, 2))::int`;
  return `translate(lpad((${index})::text, ${letters}, '0'), '0123456789', 'abcdefghij')`;
}
