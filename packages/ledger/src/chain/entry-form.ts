import { createHash, hash } from 'node:crypto';
import canonicalize from 'canonicalize';

/** Shards of the ledger: chains that grow independently. An entry's shard follows from its subject. */
export const shardCount = 16;

/** Version of the canonical form below. A new form gets a new number; entries keep theirs. */
export const formVersion = 1;

/** What is recorded. Whatever else its source says of it is hashed as well. */
export interface EntryContent {
  readonly id: string;
  readonly action: string;
  readonly actor: { readonly id?: string | undefined };
  readonly subject: string;
  readonly outcome: string;
  readonly occurredAt: Date;
}

/** Where an entry goes: its shard, its place there (from 1) and the hash of the one before it. */
export interface Place {
  readonly shard: number;
  readonly position: number;
  readonly previousHash: Uint8Array;
}

/** The hash before the first entry of a shard, and before the first checkpoint. */
export const zeroHash: Uint8Array = new Uint8Array(32);

/** The shard of everything about one subject: the first bits of its SHA-256. */
export function shardOf(subject: string): number {
  return Number.parseInt(hash('sha256', subject, 'hex').slice(0, 2), 16) % shardCount;
}

/**
 * The canonical body of an entry (JSON Canonicalization Scheme, RFC 8785) and its SHA-256. The body names its own
 * version, shard, position and previous hash, so nothing about an entry lies outside its hash.
 */
export function linkEntry(entry: EntryContent, place: Place): { body: string; hash: Buffer } {
  const body = canonicalize({
    ...entry,
    occurredAt: entry.occurredAt.toISOString(),
    version: formVersion,
    shard: place.shard,
    position: place.position,
    previousHash: Buffer.from(place.previousHash).toString('base64url'),
  });
  if (body === undefined) throw new Error('a ledger entry has no canonical form');
  return { body, hash: createHash('sha256').update(body).digest() };
}
