import type { EntityManager } from '@mikro-orm/postgresql';
import { identifier } from '#connection/identifier.ts';
import type { KeyClass, StoredKey, Tombstone, WrappedKey } from '#pii/data-key.ts';
import { Repository } from '#transaction/repository.ts';

/** Where processes of a schema hear that data keys were destroyed. */
export function destroyedChannel(schema: string): string {
  return `${identifier(schema)}_data_keys_destroyed`;
}

/** The users' wrapped data keys in one schema, and the tombstones of the destroyed ones. */
export class DataKeyRepository extends Repository {
  readonly #schema: string;

  constructor(em: EntityManager, schema: string) {
    super(em);
    this.#schema = identifier(schema);
  }

  /** Adds what is not there yet; the ids of what was added. */
  async add(keys: readonly WrappedKey[], at: Date): Promise<string[]> {
    const added = await this.rows<{ id: string }>(
      `insert into ${this.#schema}.data_keys (id, user_id, key_class, kek_id, wrapped, created_at)
       select *, ?::timestamptz from unnest(?::uuid[], ?::uuid[], ?::text[], ?::text[], ?::bytea[])
       on conflict on constraint data_keys_user_id_key_class_key do nothing returning id`,
      [
        at,
        keys.map((key) => key.id),
        keys.map((key) => key.userId),
        keys.map((key) => key.keyClass),
        keys.map((key) => key.kekId),
        keys.map((key) => key.wrapped),
      ],
    );
    return added.map(({ id }) => id);
  }

  ofUsers(userIds: readonly string[]): Promise<StoredKey[]> {
    return this.rows(
      `select id, user_id as "userId", key_class as "keyClass", wrapped,
              coalesce(xmin = pg_current_xact_id_if_assigned()::xid, false) as uncommitted
         from ${this.#schema}.data_keys where user_id = any(?::uuid[])`,
      [userIds],
    );
  }

  /** Empties a user's key that still has bytes, and writes its tombstone. Who remembers keys is told when that is committed. */
  async destroy(userId: string, keyClass: KeyClass, at: Date): Promise<Tombstone[]> {
    const tombstones = await this.rows<Tombstone>(
      `with destroyed as (
         update ${this.#schema}.data_keys set wrapped = null, kek_id = null, destroyed_at = ?
          where user_id = ? and key_class = ? and destroyed_at is null returning id, user_id, key_class, destroyed_at)
       insert into ${this.#schema}.data_key_tombstones (key_id, user_id, key_class, destroyed_at)
       select * from destroyed
       returning key_id as "keyId", user_id as "userId", key_class as "keyClass", destroyed_at as "destroyedAt"`,
      [at, userId, keyClass],
    );
    if (tombstones.length > 0) await this.rows(`select pg_notify(?, '')`, [destroyedChannel(this.#schema)]);
    return tombstones;
  }

  /** Locks the next keys that are wrapped under one of these KEKs and that nobody else holds. */
  claimUnder(kekIds: readonly string[], after: string, limit: number): Promise<WrappedKey[]> {
    return this.rows(
      `select id, user_id as "userId", key_class as "keyClass", kek_id as "kekId", wrapped
         from ${this.#schema}.data_keys where kek_id = any(?) and id > ?
        order by id limit ? for update skip locked`,
      [kekIds, after, limit],
    );
  }

  async rewrap(keys: readonly WrappedKey[]): Promise<void> {
    await this.affected(
      `update ${this.#schema}.data_keys k set kek_id = n.kek_id, wrapped = n.wrapped
         from unnest(?::uuid[], ?::text[], ?::bytea[]) as n (id, kek_id, wrapped) where k.id = n.id`,
      [keys.map((key) => key.id), keys.map((key) => key.kekId), keys.map((key) => key.wrapped)],
    );
  }

  countByKek(): Promise<{ kekId: string; count: number }[]> {
    return this.rows(
      `select kek_id as "kekId", count(*)::int as count
         from ${this.#schema}.data_keys where kek_id is not null group by kek_id order by kek_id`,
      [],
    );
  }
}
