import { createHash } from 'node:crypto';
import type { EntityManager } from '@mikro-orm/postgresql';
import { identifier } from '#connection/identifier.ts';
import { Repository } from '#transaction/repository.ts';

const REPLAY_SECONDS = 24 * 3600;

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
  /** Its claim has lapsed without an answer, and something was committed under it. */
  readonly interrupted: boolean;
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
   * Claims a key that is new, past its 24 h, or claimed by the same request too long ago without a commit. `hashes` are those of the
   * request under every live key, the current one first. Gives the claim, by which alone it is answered or given back:
   * the moment at which it lapses by the database's clock, and so a later one for whoever takes the key over.
   */
  async claim(
    scope: IdempotencyScope,
    hashes: readonly Uint8Array[],
    claimSeconds: number,
  ): Promise<string | undefined> {
    const claimed = await this.row<{ claim: string }>(
      `insert into ${this.#table} as known (user_id, route, key_hash, request_hash, claimed_until, expires_at)
       values (?, ?, ?, ?, now() + make_interval(secs => ?), now() + make_interval(secs => ?))
       on conflict on constraint idempotency_keys_pkey do update
          set request_hash = excluded.request_hash, claimed_until = excluded.claimed_until, answer = null,
              committed = false, expires_at = excluded.expires_at
        where known.expires_at <= now()
           or (known.answer is null and not known.committed and known.claimed_until <= now()
               and known.request_hash = any(?::bytea[]))
       returning claimed_until::text as claim`,
      [...primaryKey(scope), hashes[0], claimSeconds, REPLAY_SECONDS, hashes],
    );
    return claimed?.claim;
  }

  find(scope: IdempotencyScope): Promise<KnownKey | undefined> {
    return this.row(
      `select request_hash as "requestHash", answer, answer is null and committed and claimed_until <= now() as interrupted
         from ${this.#table} where user_id = ? and route = ? and key_hash = ?`,
      primaryKey(scope),
    );
  }

  /** Keeps the answer, unless the claim has lapsed and another has it now. */
  async keep(scope: IdempotencyScope, claim: string, answer: Buffer): Promise<void> {
    await this.affected(`update ${this.#table} set answer = ? where ${stillClaimed}`, [
      answer,
      ...primaryKey(scope),
      claim,
    ]);
  }

  async release(scope: IdempotencyScope, claim: string): Promise<void> {
    await this.affected(`delete from ${this.#table} where ${stillClaimed}`, [...primaryKey(scope), claim]);
  }
}

const stillClaimed =
  'user_id = ? and route = ? and key_hash = ? and claimed_until = ?::text::timestamptz and answer is null';

/** What finds the row of a key: user, route, hash. */
export function primaryKey(scope: IdempotencyScope): readonly unknown[] {
  return [scope.userId, scope.route, hashOfKey(scope)];
}
