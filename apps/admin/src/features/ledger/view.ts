import type { AuditEntry } from '#features/ledger/schemas.ts';
import type { LedgerEntry } from '#storage/ledger-entry.entity.ts';

/** An entry with its place in the chain, as auditors see it; times in ISO 8601, hashes in base64url. */
export interface LedgerRecord {
  readonly entry: Omit<AuditEntry, 'occurredAt'> & { readonly occurredAt: string };
  readonly version: number;
  readonly shard: number;
  readonly position: number;
  readonly previousHash: string;
  readonly hash: string;
  readonly recordedAt: string;
}

/** The record of a stored entry: what was hashed, without the place, which stands beside it. */
export function toRecord(stored: LedgerEntry): LedgerRecord {
  const { version, shard, position, previousHash, ...entry } = JSON.parse(stored.body);
  return {
    entry,
    version,
    shard,
    position,
    previousHash,
    hash: stored.hash.toString('base64url'),
    recordedAt: stored.recordedAt.toISOString(),
  };
}
