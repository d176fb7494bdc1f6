import { linkEntry, zeroHash } from '@bank/ledger';
import type { TestDatabase } from '@bank/testing';
import pg from 'pg';

/** An entry as somebody with every right can rewrite it. */
export interface Tampered {
  readonly id: string;
  readonly action: string;
  readonly actor: { readonly id?: string };
  readonly subject: string;
  readonly outcome: string;
  readonly occurredAt: Date;
}

/** Does anything as a superuser for whom no trigger fires. */
export async function asSuperuser(
  { adminUrl }: TestDatabase,
  work: (client: pg.Client) => Promise<unknown>,
): Promise<void> {
  const client = new pg.Client({ connectionString: adminUrl });
  await client.connect();
  try {
    await client.query("set session_replication_role = 'replica'");
    await work(client);
  } finally {
    await client.end();
  }
}

/**
 * Rewrites a shard as superuser and computes its whole chain anew: positions, previous hashes, hashes, columns and head.
 * What is left fits together in every detail.
 */
export function rewriteShard(
  database: TestDatabase,
  shard: number,
  change: (entries: readonly Tampered[]) => readonly Tampered[],
): Promise<void> {
  return asSuperuser(database, async (client) => {
    const sql = 'select body, recorded_at from admin.ledger_entries where shard = $1 order by position';
    const { rows } = await client.query<{ body: string; recorded_at: Date }>(sql, [shard]);
    await client.query('delete from admin.ledger_entries where shard = $1', [shard]);
    let [position, previousHash]: [number, Uint8Array] = [0, zeroHash];
    for (const entry of change(rows.map(({ body }) => contentOf(body)))) {
      position += 1;
      const { body, hash } = linkEntry(entry, { shard, position, previousHash });
      const { id, action, actor, subject, outcome, occurredAt } = entry;
      await client.query(
        `insert into admin.ledger_entries (id, shard, position, version, action, actor_id, subject, outcome, occurred_at,
           recorded_at, body, previous_hash, hash) values ($1, $2, $3, 1, $4, $5, $6, $7, $8, now(), $9, $10, $11)`,
        [id, shard, position, action, actor.id ?? '', subject, outcome, occurredAt, body, previousHash, hash],
      );
      previousHash = hash;
    }
    const head = 'update admin.ledger_heads set position = $2, hash = $3 where shard = $1';
    await client.query(head, [shard, position, previousHash]);
  });
}

function contentOf(body: string): Tampered {
  const {
    version: _version,
    shard: _shard,
    position: _position,
    previousHash: _previous,
    ...content
  } = JSON.parse(body);
  return { ...content, occurredAt: new Date(content.occurredAt) };
}
