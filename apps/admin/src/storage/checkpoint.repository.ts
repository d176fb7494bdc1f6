import { Repository } from '@bank/database';
import {
  type CheckpointTable,
  createCheckpointTable,
  createEntrySource,
  type EntrySource,
  type RunQuery,
  type SignedCheckpoint,
} from '@bank/ledger';
import type { EntityManager } from '@mikro-orm/postgresql';

/** Signed checkpoints, the entries they are made of, and the lease of the one process that signs. */
export class CheckpointRepository extends Repository {
  /** The stored entries, as a verifier reads them. */
  readonly entries: EntrySource;
  readonly table: CheckpointTable;

  constructor(em: EntityManager) {
    super(em);
    const query: RunQuery = (sql, params) => this.rows(sql, params);
    this.entries = createEntrySource(query);
    this.table = createCheckpointTable(query);
  }

  /**
   * Takes or keeps the lease for some seconds by the database's clock, and holds its row until the transaction ends.
   * False while another process has it.
   */
  async holdLease(holder: string, seconds: number): Promise<boolean> {
    const held = await this.affected(
      `update admin.ledger_signer set holder = ?, expires_at = clock_timestamp() + make_interval(secs => ?)
        where name = 'signer' and (holder = ? or holder is null or expires_at < clock_timestamp())`,
      [holder, seconds, holder],
    );
    return held === 1;
  }

  /** Lets another process sign at once. */
  async releaseLease(holder: string): Promise<void> {
    await this.affected('update admin.ledger_signer set holder = null, expires_at = null where holder = ?', [holder]);
  }

  last(): Promise<SignedCheckpoint | undefined> {
    return this.table.last();
  }

  /** How many entries the ledger has, by the heads of its shards, and what time it is: one clock for all who sign. */
  async countEntries(): Promise<{ entries: number; at: Date }> {
    const [counted] = await this.rows<{ entries: number; at: Date }>(
      'select coalesce(sum(position), 0)::bigint as entries, clock_timestamp() as at from admin.ledger_heads',
    );
    if (counted === undefined) throw new Error('an aggregate gave no row');
    return counted;
  }

  async insert({ number, jws, manifest }: SignedCheckpoint, signedAt: Date): Promise<void> {
    await this.affected('insert into admin.ledger_checkpoints (number, signed_at, jws, manifest) values (?, ?, ?, ?)', [
      number,
      signedAt,
      jws,
      manifest,
    ]);
  }
}
