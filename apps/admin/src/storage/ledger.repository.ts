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

export class LedgerRepository extends Repository {
  /** Holds the end of a shard until the transaction ends: one entry after the other. */
  async lockHead(shard: number): Promise<LedgerHead> {
    const head = await this.row<LedgerHead>(
      'select shard, position, hash from admin.ledger_heads where shard = ? for update',
      [shard],
    );
    if (head === undefined) throw new Error(`the ledger has no shard ${shard}`);
    return head;
  }

  /** Whether the entry is there already. */
  async has(id: string): Promise<boolean> {
    return (await this.row('select 1 from admin.ledger_entries where id = ?', [id])) !== undefined;
  }

  /** Adds an entry and moves the head of its shard, which the caller holds. */
  async append(entry: LedgerEntry): Promise<void> {
    await this.affected(
      `insert into admin.ledger_entries (id, shard, position, version, action, actor_id, subject, outcome,
         occurred_at, recorded_at, body, previous_hash, hash)
       values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      [
        entry.id,
        entry.shard,
        entry.position,
        entry.version,
        entry.action,
        entry.actorId,
        entry.subject,
        entry.outcome,
        entry.occurredAt,
        entry.recordedAt,
        entry.body,
        entry.previousHash,
        entry.hash,
      ],
    );
    await this.affected('update admin.ledger_heads set position = ?, hash = ? where shard = ?', [
      entry.position,
      entry.hash,
      entry.shard,
    ]);
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
