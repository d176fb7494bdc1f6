import { bytesSql, type DataSet, uuidv7Sql } from '#scale/data-set.ts';

/** Of a hundred users so many are locked; staff look for these. */
const lockedPercent = 2;
const passwordHash = `k1:$argon2id$v=19$m=19456,t=2,p=1$${'A'.repeat(22)}$${'A'.repeat(43)}`;

/**
 * Users who registered evenly over the last two years: in auth with their keys, credentials and addresses, and in admin's
 * projection. Nobody can sign in as one of them: what is sealed is noise, and so are the digests of their addresses.
 */
export function usersData(count: number): DataSet {
  const moment = `(now() - interval '2 years' + n * interval '2 years' / ${count + 1})`;
  return {
    name: `users_${count}`,
    statements: [
      "set session_replication_role = 'replica'", // what is written here refers to what is written here
      `create unlogged table public.people as select n, at, ${uuidv7Sql('at', "'user ' || n")} as id,
          case when n % 100 < ${lockedPercent} then 'locked' else 'active' end as status
        from (select n, ${moment} as at from generate_series(1, ${count}) as n) as moments`,
      `insert into auth.users (id, status, roles, contact, email_verified_at, locale, accepted_terms, created_at, updated_at)
        select id, status, '{customer}', ${bytesSql("'contact ' || n", 5)}, at, 'en', '2026-01', at, at from public.people`,
      `insert into auth.credentials (user_id, password_hash, changed_at) select id, '${passwordHash}', at from public.people`,
      `insert into auth.identifiers (kind, key_id, digest, user_id, created_at)
        select 'email', 'k1', ${bytesSql("'email ' || n", 1)}, id, at from public.people`,
      `insert into auth.data_keys (id, user_id, key_class, kek_id, wrapped, created_at)
        select ${uuidv7Sql('at', "class || ' key ' || n")}, id, class, 'k1', ${bytesSql("class || ' key ' || n", 2)}, at
        from public.people cross join unnest(array['erasable', 'retained']) as class`,
      `insert into admin.users (user_id, status, status_version, roles, roles_version, activated_at)
        select id, status, 1, '{customer}', 1, at from public.people`,
      'drop table public.people',
    ],
  };
}
