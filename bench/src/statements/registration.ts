import { randomBytes } from 'node:crypto';
import { uuidv7 } from '@bank/domain';
import type pg from 'pg';
import { messagesLike } from '#statements/outbox.ts';

// The statements of apps/auth/src/features/registration/start-registration.ts.
const ownerOf = `select i.user_id as "userId" from auth.identifiers i
  join unnest($1::text[], $2::bytea[]) as asked (key_id, digest) on asked.key_id = i.key_id and asked.digest = i.digest
  where i.kind = $3 limit 1`;
const failuresOn = 'select failures from auth.address_failures where address_hash = $1 and day = $2';
const addKeys = `insert into auth.data_keys (id, user_id, key_class, kek_id, wrapped, created_at)
  select *, $1::timestamptz from unnest($2::uuid[], $3::uuid[], $4::text[], $5::text[], $6::bytea[])
  on conflict on constraint data_keys_user_id_key_class_key do nothing returning id`;
const insertRegistration = `insert into auth.registrations (id, user_id, contact, address_hash, password_hash, code_hash,
  link_digest, locale, accepted_terms, created_at, code_expires_at, expires_at)
  values ($1, $2, $3, $4, $5, $6, null, null, $7, $8, $9, $9)`;

const passwordHash = `k1:$argon2id$v=19$m=19456,t=2,p=1$${'A'.repeat(22)}$${'A'.repeat(43)}`;

/** What the start of a registration asks of the database. */
export async function registrationScript(pool: pg.Pool): Promise<(client: pg.ClientBase) => Promise<void>> {
  const { rows } = await pool.query<{ kekId: string; keyId: string }>(
    `select k.kek_id as "kekId", i.key_id as "keyId" from auth.data_keys k cross join auth.identifiers i
      where k.kek_id is not null limit 1`,
  );
  const [keys] = rows;
  if (keys === undefined) throw new Error('nobody has registered yet');
  const { kekId, keyId } = keys;
  const announce = await messagesLike(pool, ['delivery.requested.v1', 'audit.entry_recorded.v1']);
  return async (client) => {
    const [id, userId, addressHash] = [uuidv7(), uuidv7(), randomBytes(32)];
    const now = new Date();
    const end = new Date(now.getTime() + 900_000);
    await client.query('begin');
    await client.query(ownerOf, [[keyId], [randomBytes(32)], 'email']);
    await client.query(failuresOn, [addressHash, now.toISOString().slice(0, 10)]);
    await client.query(addKeys, [
      now,
      [uuidv7(), uuidv7()],
      [userId, userId],
      ['erasable', 'retained'],
      [kekId, kekId],
      [randomBytes(64), randomBytes(64)],
    ]);
    const sealed = [randomBytes(120), addressHash, passwordHash, randomBytes(32)];
    await client.query(insertRegistration, [id, userId, ...sealed, '2026-01', now, end]);
    await announce(client, id);
    await client.query('commit');
  };
}
