import { createHash } from 'node:crypto';
import type { EntityManager } from '@mikro-orm/postgresql';
import { identifier } from '#connection/identifier.ts';
import { Repository } from '#transaction/repository.ts';

const REPLAY_MS = 24 * 3_600_000;
const CLAIM_MS = 60_000;

/** One use of a key: whose, on which route. */
export interface IdempotencyScope {
  readonly userId: string;
  readonly route: string;
  readonly key: string;
}

export interface KnownKey {
  readonly requestHash: Buffer;
  /** Null while the request runs. */
  readonly answer: Buffer | null;
}

/** All that is stored of what the client sent as a key. */
export function hashOfKey({ key }: IdempotencyScope): Buffer {
  return createHash('sha256').update(key).digest();
}

/** The idempotency keys of one schema. */
export class IdempotencyKeyRepository extends Repository {
  readonly #table: string;

  constructor(em: EntityManager, schema: string) {
    super(em);
    this.#table = `${identifier(schema)}.idempotency_keys`;
  }

  /**
   * Claims a key that is new, past its 24 h, or claimed by the same request too long ago. `hashes` are those of the
   * request under every live key, the current one first.
   */
  async claim(scope: IdempotencyScope, hashes: readonly Uint8Array[], at: Date): Promise<boolean> {
    const claimed = await this.affected(
      `insert into ${this.#table} as known (user_id, route, key_hash, request_hash, claimed_until, expires_at)
       values (?, ?, ?, ?, ?, ?)
       on conflict on constraint idempotency_keys_pkey do update
          set request_hash = excluded.request_hash, claimed_until = excluded.claimed_until, answer = null,
              expires_at = excluded.expires_at
        where known.expires_at <= ?
           or (known.answer is null and known.claimed_until <= ? and known.request_hash = any(?::bytea[]))`,
      [...primaryKey(scope), hashes[0], later(at, CLAIM_MS), later(at, REPLAY_MS), at, at, hashes],
    );
    return claimed === 1;
  }

  find(scope: IdempotencyScope): Promise<KnownKey | undefined> {
    return this.row(
      `select request_hash as "requestHash", answer from ${this.#table} where user_id = ? and route = ? and key_hash = ?`,
      primaryKey(scope),
    );
  }

  async keep(scope: IdempotencyScope, answer: Buffer): Promise<void> {
    await this.affected(
      `update ${this.#table} set answer = ? where user_id = ? and route = ? and key_hash = ? and answer is null`,
      [answer, ...primaryKey(scope)],
    );
  }

  async release(scope: IdempotencyScope): Promise<void> {
    await this.affected(
      `delete from ${this.#table} where user_id = ? and route = ? and key_hash = ? and answer is null`,
      primaryKey(scope),
    );
  }
}

function primaryKey(scope: IdempotencyScope): readonly unknown[] {
  return [scope.userId, scope.route, hashOfKey(scope)];
}

function later(at: Date, ms: number): Date {
  return new Date(at.getTime() + ms);
}
