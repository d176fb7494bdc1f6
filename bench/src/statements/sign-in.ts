import { randomBytes } from 'node:crypto';
import { uuidv7 } from '@bank/domain';
import type pg from 'pg';
import { messagesLike } from '#statements/outbox.ts';

// The statements of apps/auth/src/features/sign-in/{attempt,complete-with-password}.ts: two by themselves, and a transaction.
const credentialColumns = `u.id as "userId", u.status, u.roles, c.password_hash as "passwordHash", c.changed_at as "changedAt",
  case when c.compromised_at >= c.changed_at then c.compromised_at end as "compromisedAt", u.cut_off_at as "cutOffAt"`;
const findNamed = `select ${credentialColumns}, d.id as "deviceId", d.secret_digest as "secretDigest", d.known_at as "knownAt"
  from (
    select i.user_id from auth.identifiers i
      join unnest($1::text[], $2::bytea[]) as asked (key_id, digest) on asked.key_id = i.key_id and asked.digest = i.digest
    where i.kind = $3 limit 1) named
    join auth.users u on u.id = named.user_id
    join auth.credentials c on c.user_id = u.id
    left join auth.devices d on d.user_id = u.id and d.id = any ($4::uuid[])`;
const claim = `insert into auth.lockouts as l (subject_hash, pool, failures, updated_at) values ($1, $2, 1, $3)
  on conflict on constraint lockouts_pkey do update set failures = l.failures + 1,
    locked_until = case when l.failures + 1 >= $4 then excluded.updated_at
      + make_interval(secs => ($5::integer[])[least(l.failures + 2 - $4, $6)]) end,
    updated_at = excluded.updated_at, refusal_told_at = null
  where l.locked_until is null or l.locked_until <= excluded.updated_at
  returning failures, locked_until as "lockedUntil", wrong_answers as "wrongAnswers", told_failures as "toldFailures"`;
const share = `select ${credentialColumns} from auth.users u join auth.credentials c on c.user_id = u.id
  where u.id = $1 for share of u, c`;
const reset =
  'delete from auth.lockouts where subject_hash = $1 and pool = $2 returning failures + wrong_answers as failures';
const touchDevice = `update auth.devices set last_used_at = $1, known_at = coalesce(known_at, $2)
  where user_id = $3 and id = $4 and secret_digest = $5`;
const insertSession = `insert into auth.sessions (id, user_id, client_id, device_id, acr, amr, auth_time, created_at,
  last_used_at, idle_expires_at, absolute_expires_at, dpop_jkt, origin)
  values ($1, $2, $3, $4, 'aal1', '{pwd}', $5, $5, $5, $6, $6, null, $7)`;
const lockOpening = `select pg_advisory_xact_lock(hashtextextended('auth.sessions.' || $1::text, 0))`;
const listSurplus = `select s.id from auth.sessions s where s.user_id = $1 and s.revoked_at is null and s.idle_expires_at > $2
  and s.absolute_expires_at > $2 order by s.id desc offset 10`;
const insertToken = `insert into auth.refresh_tokens (id, session_id, generation, digest, predecessor_id, created_at)
  values ($1, $2, 0, $3, null, $4)`;

interface SomebodyWithADevice {
  readonly userId: string;
  readonly keyId: string;
  readonly digest: Uint8Array;
  readonly deviceId: string;
  readonly secretDigest: Uint8Array;
  readonly clientId: string;
}

/** What a sign-in with a password on a known device asks of the database. */
export async function signInScript(pool: pg.Pool): Promise<(client: pg.ClientBase) => Promise<void>> {
  const { rows: people } = await pool.query<SomebodyWithADevice>(
    `select distinct on (i.user_id) i.user_id as "userId", i.key_id as "keyId", i.digest, d.id as "deviceId",
        d.secret_digest as "secretDigest", s.client_id as "clientId"
      from auth.identifiers i join auth.devices d on d.user_id = i.user_id join auth.sessions s on s.user_id = i.user_id
      where i.kind = 'email'`,
  );
  const announce = await messagesLike(pool, ['auth.sign_in_succeeded.v1', 'audit.entry_recorded.v1']);
  let turn = 0;
  return async (client) => {
    const person = people[turn++ % people.length];
    if (person === undefined) throw new Error('nobody is there to sign in');
    const { userId, deviceId } = person;
    const pools = [randomBytes(32), deviceId];
    const now = new Date();
    await client.query(findNamed, [[person.keyId], [person.digest], 'email', [deviceId]]);
    await client.query(claim, [...pools, now, 5, [60, 120, 240, 480, 960, 1800], 6]);

    const sessionId = uuidv7();
    await client.query('begin');
    await client.query(share, [userId]);
    await client.query(reset, pools);
    await client.query(touchDevice, [now, null, userId, deviceId, person.secretDigest]);
    const end = new Date(now.getTime() + 3_600_000);
    await client.query(lockOpening, [userId]);
    await client.query(insertSession, [sessionId, userId, person.clientId, deviceId, now, end, randomBytes(80)]);
    await client.query(insertToken, [uuidv7(), sessionId, randomBytes(32), now]);
    await client.query(listSurplus, [userId, now]);
    await announce(client, userId);
    await client.query('commit');
  };
}
