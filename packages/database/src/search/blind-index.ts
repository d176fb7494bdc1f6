import { blindIndex, type Keyring } from '@bank/security';
import type { EntityManager } from '@mikro-orm/postgresql';
import { identifier } from '#connection/identifier.ts';
import { rolesOf } from '#migrations/roles.ts';
import { runStatement } from '#transaction/repository.ts';

export interface BlindIndexOptions {
  readonly schema: string;
  /** A table made by `blindIndexTableSql`. */
  readonly table: string;
  readonly keyring: Keyring;
  /** As the table was made. */
  readonly unique: boolean;
}

/**
 * Finds owners by values that are stored only sealed. Values must be normalised before. While two keys are live every
 * write stores the value under both and every lookup asks for both, so keys can be changed without a pause.
 */
export interface BlindIndex {
  /**
   * Makes the owner findable by these values, under every live key; what is there already stays. False, and nothing
   * changed, when the table is unique and another owner has one of them.
   */
  add(em: EntityManager, ownerId: string, values: readonly string[]): Promise<boolean>;
  /** The owners of a value. */
  find(em: EntityManager, value: string): Promise<string[]>;
  /** Makes the owner unfindable. */
  remove(em: EntityManager, ownerId: string): Promise<void>;
  /** Some owners who lack rows under a key that they have under another: call `add` for each with all their values. */
  ownersMissing(em: EntityManager, keyId: string, limit: number): Promise<string[]>;
  missingUnderKey(em: EntityManager, keyId: string): Promise<number>;
  /** Deletes the rows of an old key. @throws Error when it is the current one, or an owner could no longer be found */
  retire(em: EntityManager, keyId: string): Promise<number>;
}

/** The table of a blind index. In a unique one a value belongs to one owner. */
export function blindIndexTableSql(schema: string, table: string, { unique }: { unique: boolean }): string[] {
  const s = identifier(schema);
  const t = identifier(table);
  const { app } = rolesOf(schema);
  return [
    `create table ${s}.${t} (
  key_id text not null,
  digest bytea not null,
  owner_id uuid not null,
  constraint ${t}_pkey primary key (key_id, digest${unique ? '' : ', owner_id'})
)`,
    `create index ${t}_owner_id_index on ${s}.${t} (owner_id)`,
    `revoke all on ${s}.${t} from ${app}`,
    `grant select, insert, delete on ${s}.${t} to ${app}`,
  ];
}

/** The blind index over one table. */
export function createBlindIndex({ schema, table, keyring, unique }: BlindIndexOptions): BlindIndex {
  const name = `${identifier(schema)}.${identifier(table)}`;
  const digestsOf = (values: readonly string[]): [string[], Uint8Array[]] => {
    const entries = values.flatMap((value) => blindIndex(keyring, name, value));
    return [entries.map(({ keyId }) => keyId), entries.map(({ digest }) => digest)];
  };

  async function owners(em: EntityManager, values: readonly string[]): Promise<string[]> {
    const { rows } = await runStatement(
      em,
      `select distinct owner_id as id from ${name} where (key_id, digest) in (select * from unnest(?::text[], ?::bytea[]))`,
      digestsOf(values),
    );
    return (rows as { id: string }[]).map(({ id }) => id);
  }

  return {
    async add(em, ownerId, values) {
      const [keyIds, digests] = digestsOf(values);
      const { rows } = await runStatement(
        em,
        `insert into ${name} (key_id, digest, owner_id)
         select distinct key_id, digest, ?::uuid from unnest(?::text[], ?::bytea[]) as v (key_id, digest)
          order by key_id, digest
         on conflict do nothing returning key_id, digest`,
        [ownerId, keyIds, digests],
      );
      const added = rows as { key_id: string; digest: Buffer }[];
      const taken = unique && added.length < keyIds.length && (await owners(em, values)).some((id) => id !== ownerId);
      if (!taken) {
        return true;
      }
      await runStatement(
        em,
        `delete from ${name} where owner_id = ? and (key_id, digest) in (select * from unnest(?::text[], ?::bytea[]))`,
        [ownerId, added.map(({ key_id }) => key_id), added.map(({ digest }) => digest)],
      );
      return false;
    },

    find: (em, value) => owners(em, [value]),

    async remove(em, ownerId) {
      await runStatement(em, `delete from ${name} where owner_id = ?`, [ownerId]);
    },

    async ownersMissing(em, keyId, limit) {
      const { rows } = await runStatement(em, `${missingOwners(name)} limit ?`, [keyId, limit]);
      return (rows as { id: string }[]).map(({ id }) => id);
    },

    missingUnderKey: (em, keyId) => countMissing(em, name, keyId),

    async retire(em, keyId) {
      const current = keyring.current().id;
      if (keyId === current || (await countMissing(em, name, current)) > 0) {
        throw new Error(`key ${keyId} of ${name} is still needed`);
      }
      return (await runStatement(em, `delete from ${name} where key_id = ?`, [keyId])).affected;
    },
  };
}

/** An owner has as many rows under each live key, so one with fewer under this key lacks something. */
function missingOwners(name: string): string {
  return `select owner_id as id from (select owner_id, key_id, count(*) as held from ${name} group by owner_id, key_id) per_key
    group by owner_id having coalesce(max(held) filter (where key_id = ?), 0) < max(held)`;
}

async function countMissing(em: EntityManager, name: string, keyId: string): Promise<number> {
  const { rows } = await runStatement(em, `select count(*) as count from (${missingOwners(name)}) missing`, [keyId]);
  return (rows[0] as { count: number }).count;
}
