import { Repository } from '@bank/database';
import { idFloor } from '@bank/domain';
import type { LedgerEntry } from '#storage/ledger-entry.entity.ts';
import type { LedgerHead } from '#storage/ledger-head.entity.ts';

/** Narrows a search; what is absent does not narrow. `before` is the id the page starts after. */
interface LedgerSearch {
  readonly subject?: string | undefined;
  readonly actorId?: string | undefined;
  readonly action?: string | undefined;
  readonly outcome?: string | undefined;
  readonly from?: Date | undefined;
  readonly to?: Date | undefined;
  readonly before?: string | undefined;
  readonly limit: number;
}

const columns = `id, shard, position, version, action, actor_id as "actorId", subject, outcome,
  occurred_at as "occurredAt", recorded_at as "recordedAt", body, previous_hash as "previousHash", hash`;

/** How far the time in an entry's id and the time it happened may lie apart, in milliseconds. */
export const idDriftMaxMs = 86_400_000;

/** Entries and the heads of their shards. Nothing here changes an entry. */
export class LedgerRepository extends Repository {
  /**
   * Holds the ends of shards until the transaction ends: one writer after the other. Shards are taken in their order, so
   * that two writers never wait for each other in a circle.
   */
  lockHeads(shards: readonly number[]): Promise<LedgerHead[]> {
    return this.rows(
      'select shard, position, hash from admin.ledger_heads where shard = any(?) order by shard for update',
      [[...shards]],
    );
  }

  /** Those of the ids that are recorded already. */
  async findRecorded(ids: readonly string[]): Promise<ReadonlySet<string>> {
    const sql = 'select id from admin.ledger_entries where id = any(?::uuid[])';
    return new Set((await this.rows<{ id: string }>(sql, [[...ids]])).map(({ id }) => id));
  }

  /** Adds entries. The caller holds the heads of their shards, and moves them. */
  async append(entries: readonly LedgerEntry[]): Promise<void> {
    const column = <K extends keyof LedgerEntry>(name: K) => entries.map((entry) => entry[name]);
    await this.affected(
      `insert into admin.ledger_entries (id, shard, position, version, action, actor_id, subject, outcome,
         occurred_at, recorded_at, body, previous_hash, hash)
       select * from unnest(?::uuid[], ?::smallint[], ?::bigint[], ?::smallint[], ?::text[], ?::text[], ?::text[],
         ?::text[], ?::timestamptz[], ?::timestamptz[], ?::text[], ?::bytea[], ?::bytea[])`,
      [
        column('id'),
        column('shard'),
        column('position'),
        column('version'),
        column('action'),
        column('actorId'),
        column('subject'),
        column('outcome'),
        column('occurredAt'),
        column('recordedAt'),
        column('body'),
        column('previousHash'),
        column('hash'),
      ],
    );
  }

  /** Moves heads, which the caller holds. */
  async moveHeads(heads: readonly LedgerHead[]): Promise<void> {
    await this.affected(
      `update admin.ledger_heads h set position = moved.position, hash = moved.hash
         from unnest(?::smallint[], ?::bigint[], ?::bytea[]) as moved (shard, position, hash)
         where h.shard = moved.shard`,
      [heads.map(({ shard }) => shard), heads.map(({ position }) => position), heads.map(({ hash }) => hash)],
    );
  }

  /** Entries, newest first. A time also bounds the ids, which lie close to it: so only the partitions around are read. */
  search(search: LedgerSearch): Promise<LedgerEntry[]> {
    const { from, to } = search;
    const conditions: [string, string | Date | undefined][] = [
      ['subject = ?', search.subject],
      ['actor_id = ?', search.actorId],
      ['action = ?', search.action],
      ['outcome = ?', search.outcome],
      ['occurred_at >= ?', from],
      ['id >= ?', from && idFloor(new Date(from.getTime() - idDriftMaxMs))],
      ['occurred_at < ?', to],
      ['id < ?', to && idFloor(new Date(to.getTime() + idDriftMaxMs))],
      ['id < ?', search.before],
    ];
    const narrowing = conditions.filter(([, value]) => value !== undefined);
    const where = narrowing.length === 0 ? 'true' : narrowing.map(([condition]) => condition).join(' and ');
    return this.rows<LedgerEntry>(
      `select ${columns} from admin.ledger_entries where ${where} order by id desc limit ?`,
      [...narrowing.map(([, value]) => value), search.limit],
    );
  }
}
