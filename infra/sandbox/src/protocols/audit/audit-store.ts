import { createHash } from 'node:crypto';
import { AppendRefusalReason, type ChainedEntry } from '@bank/proto/audit';

/** The end of a shard: how many entries it has, and the hash of the last. */
export interface Head {
  readonly shard: number;
  readonly position: number;
  readonly hash: Buffer;
}

/** Why an entry was not taken, and where its shard stands. */
export interface Refusal {
  readonly reason: AppendRefusalReason;
  readonly shard: number;
  readonly position: number;
  readonly head: Head;
}

interface Kept {
  readonly hash: Buffer;
  /** Undefined where the entry is too old to be shown. */
  body: string | undefined;
}

const shardCount = 16;
const shownMax = 500;
const zeroHash = Buffer.alloc(32);

/** Ledgers as the platform's Audit service keeps them: chains that can only be gone on with. Kept in memory. */
export class AuditStore {
  readonly #shards = Array.from({ length: shardCount }, (): Kept[] => []);

  /** Takes all of these entries, or none and tells why. One that is there already is passed over. */
  append(entries: readonly ChainedEntry[]): Refusal | undefined {
    const lengths = this.#shards.map((chain) => chain.length);
    for (const entry of entries) {
      const reason = this.#take(entry);
      if (reason === undefined) continue;
      this.#shards.forEach((chain, shard) => {
        chain.length = lengths[shard] ?? 0;
      });
      return { reason, shard: entry.shard, position: Number(entry.position), head: this.#headOf(entry.shard) };
    }
    return undefined;
  }

  /** The end of every shard that has entries. */
  heads(): Head[] {
    return this.#shards.flatMap((chain, shard) => (chain.length === 0 ? [] : [this.#headOf(shard)]));
  }

  /** The last entries of a shard, newest first, as far as they are kept for showing. */
  list(shard: number, limit: number): { position: number; hash: string; body: string }[] {
    const chain = this.#shards[shard] ?? [];
    const first = Math.max(0, chain.length - limit);
    return chain
      .slice(first)
      .flatMap(({ hash, body }, index) =>
        body === undefined ? [] : [{ position: first + index + 1, hash: hash.toString('base64url'), body }],
      )
      .reverse();
  }

  /** Goes back to an earlier moment, as after a restore: what lies after that position of the shard is lost. */
  forget(shard: number, after: number): void {
    const chain = this.#shards[shard];
    if (chain !== undefined && after < chain.length) chain.length = after;
  }

  #take({ shard, position, hash, body }: ChainedEntry): AppendRefusalReason | undefined {
    const chain = this.#shards[shard];
    const place = Number(position);
    if (chain === undefined || place < 1) return AppendRefusalReason.BROKEN;
    const known = chain[place - 1];
    if (known !== undefined) return known.hash.equals(hash) ? undefined : AppendRefusalReason.CONFLICT;
    if (place !== chain.length + 1) return AppendRefusalReason.GAP;
    const previousHash = this.#headOf(shard).hash.toString('base64url');
    if (!isChained({ shard, position: place, previousHash, hash, body })) return AppendRefusalReason.BROKEN;
    chain.push({ hash: Buffer.from(hash), body });
    const faded = chain[chain.length - 1 - shownMax];
    if (faded !== undefined) faded.body = undefined;
    return undefined;
  }

  #headOf(shard: number): Head {
    const chain = this.#shards[shard] ?? [];
    return { shard, position: chain.length, hash: chain.at(-1)?.hash ?? zeroHash };
  }
}

interface Claim {
  readonly shard: number;
  readonly position: number;
  readonly previousHash: string;
  readonly hash: Uint8Array;
  readonly body: string;
}

/** Whether the hash is that of the body, and the body says that it stands here. */
function isChained({ shard, position, previousHash, hash, body }: Claim): boolean {
  if (!createHash('sha256').update(body).digest().equals(hash)) return false;
  try {
    const said = JSON.parse(body) as Record<string, unknown>;
    return said['shard'] === shard && said['position'] === position && said['previousHash'] === previousHash;
  } catch {
    return false;
  }
}
