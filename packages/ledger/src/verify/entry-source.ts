/** A stored entry as the verifier reads it. Hashes in hexadecimal. */
export interface StoredEntry {
  readonly id: string;
  readonly position: number;
  readonly version: number;
  readonly action: string;
  readonly actorId: string;
  readonly subject: string;
  readonly outcome: string;
  /** Milliseconds since the epoch, with whatever fraction the column holds. */
  readonly occurredAtMs: number;
  readonly body: string;
  readonly previousHash: string;
  readonly hash: string;
}

/** Where a stored entry stands. */
export interface EntryPlace {
  readonly id: string;
  readonly shard: number;
  readonly position: number;
}

/** The stored ledger, read piece by piece while it goes on growing. */
export interface EntrySource {
  /** The head that is stored for a shard. */
  headOf(shard: number): Promise<{ readonly position: number; readonly hash: string } | undefined>;
  /** Entries of a shard after a place, up to a position, in their order. */
  entriesOf(
    shard: number,
    range: { readonly after: { readonly position: number; readonly id: string }; readonly upTo: number },
    limit: number,
  ): Promise<readonly StoredEntry[]>;
  /** An entry that lies beyond the head of its shard, or in a shard that does not exist. */
  findStray(): Promise<EntryPlace | undefined>;
}

/** Runs one statement with `$1`-parameters and gives its rows. */
export type RunQuery = (sql: string, params: readonly unknown[]) => Promise<readonly unknown[]>;

/**
 * The ledger in the tables of schema `admin`. Each statement sees one moment, and entries come with the head that counts
 * them, so nothing else has to stand still.
 */
export function createEntrySource(query: RunQuery): EntrySource {
  return {
    async headOf(shard) {
      const sql = `select position::float8, encode(hash, 'hex') as hash from admin.ledger_heads where shard = $1`;
      return (await query(sql, [shard]))[0] as { position: number; hash: string } | undefined;
    },
    async entriesOf(shard, { after, upTo }, limit) {
      const rows = await query(entriesSql, [shard, after.position, after.id, upTo, limit]);
      return rows as StoredEntry[];
    },
    async findStray() {
      return (await query(straySql, []))[0] as EntryPlace | undefined;
    },
  };
}

const entriesSql = `select id, position::float8, version, action, actor_id as "actorId", subject, outcome,
    extract(epoch from occurred_at)::float8 * 1000 as "occurredAtMs", body,
    encode(previous_hash, 'hex') as "previousHash", encode(hash, 'hex') as hash
  from admin.ledger_entries
  where shard = $1 and position >= $2 and (position, id) > ($2, $3::uuid) and position <= $4
  order by shard, position, id limit $5`;

const straySql = `select e.id, e.shard, e.position::float8
  from admin.ledger_heads h
    cross join lateral (
      select id, shard, position from admin.ledger_entries
        where shard = h.shard and position > h.position order by shard, position limit 1) as e
  union all
  (select id, shard, position::float8 from admin.ledger_entries
    where shard < (select min(shard) from admin.ledger_heads) order by shard limit 1)
  union all
  (select id, shard, position::float8 from admin.ledger_entries
    where shard > (select max(shard) from admin.ledger_heads) order by shard limit 1)
  limit 1`;
