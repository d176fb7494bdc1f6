import { bytesSql, type DataSet, uuidv7Sql } from '#scale/data-set.ts';

const ofAUser = 10;

/**
 * Live sessions that were opened evenly over the last twelve hours, ten a user, each with the refresh token that it was opened with.
 * Nobody can renew one of them: their digests are noise, and their users are not there.
 */
export function sessionsData(count: number): DataSet {
  const moment = `now() - interval '12 hours' + n * interval '12 hours' / ${count + 1}`;
  const rows = `(select n, at, ${uuidv7Sql('at', "'session ' || n")} as id from (
    select n, ${moment} as at from generate_series(1, ${count}) as n) as moments) as s`;
  return {
    name: `sessions_${count}`,
    statements: [
      "set session_replication_role = 'replica'", // users and devices are not there
      // What lies in no order of time is faster sorted once, at the end.
      "create temporary table index_definitions as select indexdef from pg_indexes where schemaname = 'auth' and indexname = 'sessions_user_id_idx'",
      'drop index auth.sessions_user_id_idx',
      `insert into auth.sessions (id, user_id, client_id, device_id, acr, amr, auth_time, created_at, last_used_at,
          idle_expires_at, absolute_expires_at)
        select id, md5('user ' || n % ${Math.ceil(count / ofAUser)})::uuid, 'web', md5('device ' || n)::uuid, 'aal1', '{pwd}',
          at, at, at, at + interval '30 days', at + interval '30 days' from ${rows}`,
      `insert into auth.refresh_tokens (id, session_id, generation, digest, created_at)
        select ${uuidv7Sql('at', "'token ' || n")}, id, 0, ${bytesSql("'token ' || n", 1)}, at from ${rows}`,
      'do $$ begin execute (select indexdef from index_definitions); end $$',
    ],
  };
}
