import { describe, expect, it } from 'vitest';
import { password, register } from './support/accounts.ts';
import { startAuth } from './support/auth.ts';
import { post } from './support/http.ts';

const auth = await startAuth();
const copies = 20_000;
/** What docs/api/auth.md says that a session takes, with its first refresh token, and each further token. */
const sessionBytesMax = 650;
const tokenBytesMax = 200;

/** What a table takes with its indexes and partitions. */
async function sizeOf(table: string): Promise<number> {
  const [row] = await auth.database.query<{ bytes: string }>(
    `select greatest(pg_total_relation_size('auth.${table}'),
      (select sum(pg_total_relation_size(relid)) from pg_partition_tree('auth.${table}'))) as bytes`,
  );
  return Number(row?.bytes);
}

/** An id of this moment in the form of UUIDv7, as the rows of a busy service have: in about the order of their time. */
const idSql = `encode(set_byte(set_byte(substring(int8send((extract(epoch from clock_timestamp()) * 1000)::bigint) from 3) ||
  uuid_send(gen_random_uuid()), 6, 112), 8, 128), 'hex')`;
const newId = `substring(${idSql} from 1 for 32)::uuid`;

describe('on disk', () => {
  it('a session takes what the page says, and so does each renewal', { timeout: 120_000 }, async () => {
    const { email } = await register(auth);
    const device = { name: 'Ada’s phone', platform: 'ios', model: 'iPhone17,3', appVersion: '4.12.0' };
    const { body } = await post(auth, '/v1/auth/login', { identifier: email, password, device });
    // Each of somebody else, as they are: an index keeps what is the same in little room.
    await auth.database.query('alter table auth.sessions disable trigger all');
    await auth.database.query('vacuum full auth.sessions');
    const [sessionsBefore, tokensBefore] = [await sizeOf('sessions'), await sizeOf('refresh_tokens')];
    await auth.database.query(
      `insert into auth.sessions (id, user_id, client_id, device_id, acr, amr, auth_time, created_at, last_used_at,
          idle_expires_at, absolute_expires_at, origin)
        select ${newId}, gen_random_uuid(), client_id, device_id, acr, amr, auth_time, created_at, last_used_at, idle_expires_at,
          absolute_expires_at + n * interval '1 ms', origin
        from auth.sessions cross join generate_series(1, $2::int) as n where id = $1`,
      [body.sessionId, copies],
    );
    await auth.database.query(
      `insert into auth.refresh_tokens (id, session_id, generation, digest, created_at)
        select ${newId}, ${newId}, generation, digest, created_at
          from auth.refresh_tokens cross join generate_series(1, $2::int) where session_id = $1`,
      [body.sessionId, copies],
    );
    const session = Math.round(((await sizeOf('sessions')) - sessionsBefore) / copies);
    const token = Math.round(((await sizeOf('refresh_tokens')) - tokensBefore) / copies);
    console.info(`a session takes ${session} bytes, a refresh token ${token}`);
    expect([session, token]).not.toContain(0);
    expect(session + token).toBeLessThan(sessionBytesMax);
    expect(token).toBeLessThan(tokenBytesMax);
  });
});
