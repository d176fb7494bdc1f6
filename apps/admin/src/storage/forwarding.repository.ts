import { Repository } from '@bank/database';
import type { LedgerEntry } from '#storage/ledger-entry.entity.ts';

/** Where a shard stands: the last entry forwarded, and the last one recorded. */
export interface ShardStanding {
  readonly shard: number;
  readonly position: number;
  readonly hash: Buffer;
  readonly recorded: number;
}

/** What is yet to be forwarded of a shard. */
export interface ShardLag {
  readonly shard: number;
  readonly entries: number;
  /** Since when the oldest of them has been recorded. */
  readonly oldestAt: Date | null;
}

/** How far the platform has the ledger, and the lease of the one process that brings it there. */
export class ForwardingRepository extends Repository {
  /** Takes or keeps the lease for some seconds by the database's clock. False while another process has it. */
  async holdLease(holder: string, seconds: number): Promise<boolean> {
    const held = await this.affected(
      `update admin.ledger_forwarder set holder = ?, expires_at = clock_timestamp() + make_interval(secs => ?)
        where name = 'forwarder' and (holder = ? or holder is null or expires_at < clock_timestamp())`,
      [holder, seconds, holder],
    );
    return held === 1;
  }

  /** Lets another process forward at once. */
  async releaseLease(holder: string): Promise<void> {
    await this.affected('update admin.ledger_forwarder set holder = null, expires_at = null where holder = ?', [
      holder,
    ]);
  }

  standings(): Promise<ShardStanding[]> {
    return this.rows(
      `select shard, f.position, f.hash, h.position as recorded
         from admin.ledger_forwarding f join admin.ledger_heads h using (shard) order by shard`,
    );
  }

  /** The hash of a recorded entry. */
  async hashAt(shard: number, position: number): Promise<Buffer | undefined> {
    const sql = 'select hash from admin.ledger_entries where shard = ? and position = ?';
    return (await this.row<{ hash: Buffer }>(sql, [shard, position]))?.hash;
  }

  /** The next entries of a shard after a position. */
  entriesAfter(
    shard: number,
    position: number,
    limit: number,
  ): Promise<Pick<LedgerEntry, 'position' | 'hash' | 'body'>[]> {
    return this.rows(
      `select position, hash, body from admin.ledger_entries
        where shard = ? and position > ? order by shard, position limit ?`,
      [shard, position, limit],
    );
  }

  /** Notes the last entry of a shard that the receiver said it has. */
  async note(shard: number, position: number, hash: Uint8Array): Promise<void> {
    await this.affected('update admin.ledger_forwarding set position = ?, hash = ? where shard = ?', [
      position,
      hash,
      shard,
    ]);
  }

  lag(): Promise<ShardLag[]> {
    return this.rows(
      `select shard, greatest(h.position - f.position, 0) as entries,
              (select recorded_at from admin.ledger_entries e
                where e.shard = f.shard and e.position = f.position + 1) as "oldestAt"
         from admin.ledger_forwarding f join admin.ledger_heads h using (shard)`,
    );
  }
}
