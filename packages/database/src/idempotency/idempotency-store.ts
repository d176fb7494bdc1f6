import { blindIndex, type Keyring, sameBytes } from '@bank/security';
import type { EntityManager } from '@mikro-orm/postgresql';
import type { Database } from '#connection/database.ts';
import { claimedKey } from '#idempotency/claimed-key.ts';
import { hashOfKey, IdempotencyKeyRepository, type IdempotencyScope } from '#idempotency/idempotency-key.repository.ts';
import { DataKeyMissing, type PiiVault, type SealedPlace } from '#pii/pii-vault.ts';

/** An answer as it can be given again. */
export interface StoredAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** The port of @bank/service-kit, and the chore that belongs to it. */
export interface IdempotencyStore {
  /**
   * Claims the key, or tells why it cannot be: answered already, used for another request, still running, or interrupted
   * after something was committed under it.
   */
  begin(
    scope: IdempotencyScope,
    requestHash: Uint8Array,
  ): Promise<'conflict' | 'running' | 'interrupted' | { readonly claim: string } | { readonly replay: StoredAnswer }>;
  /** Runs the request of a claimed key: its transactions commit only while the claim holds, and note that they did. */
  within<T>(scope: IdempotencyScope, claim: string, work: () => Promise<T>): Promise<T>;
  /** Keeps the answer, sealed under the user's erasable key. Nothing comes of a claim that another took over. */
  finish(scope: IdempotencyScope, claim: string, answer: StoredAnswer): Promise<void>;
  /** Gives a claimed key back, since nothing was done. Nothing comes of a claim that another took over. */
  release(scope: IdempotencyScope, claim: string): Promise<void>;
}

export interface IdempotencyStoreOptions {
  readonly database: Database;
  readonly vault: PiiVault;
  /** Keys the hashes of requests, so that a request cannot be guessed from the table. */
  readonly keyring: Keyring;
  /** After which a claim without an answer lapses: a minute unless told, longer than any route takes to give up by itself (18 s). */
  readonly claimSeconds?: number;
}

/**
 * Idempotency keys in Postgres, replayed for 24 h by its clock, which all processes share. A claim without an answer lapses
 * after a minute: its process died, or failed in an unknown way. The same request may then be tried again, unless a
 * transaction that told anybody anything was committed under the claim.
 */
export function createIdempotencyStore(options: IdempotencyStoreOptions): IdempotencyStore {
  const { database, vault, keyring, claimSeconds = 60 } = options;
  const keys = (em: EntityManager = database.fork()) => new IdempotencyKeyRepository(em, database.schema);
  return {
    async begin(scope, request) {
      const em = database.fork();
      const hashes = hashesOf(keyring, request);
      for (;;) {
        const claim = await keys(em).claim(scope, hashes, claimSeconds);
        if (claim !== undefined) {
          return { claim };
        }
        const known = await keys(em).find(scope);
        if (known === undefined) {
          continue; // given back in between
        }
        if (!hashes.some((hash) => sameBytes(hash, known.requestHash))) {
          return 'conflict';
        }
        if (known.answer === null) {
          return known.interrupted ? 'interrupted' : 'running';
        }
        return { replay: await openAnswer(vault, em, scope, known.answer) };
      }
    },
    within: (scope, claim, work) => claimedKey.run({ scope, claim }, work),
    async finish(scope, claim, answer) {
      const em = database.fork();
      const sealed = await sealAnswer(vault, em, scope, answer);
      await (sealed === undefined ? keys(em).release(scope, claim) : keys(em).keep(scope, claim, sealed));
    },
    release: (scope, claim) => keys().release(scope, claim),
  };
}

/** The hash of a request under every live key, so that a change of keys does not forget the last 24 h. */
function hashesOf(keyring: Keyring, request: Uint8Array): Uint8Array[] {
  const text = Buffer.from(request).toString('hex');
  return blindIndex(keyring, 'idempotency-request', text).map(({ digest }) => digest);
}

async function openAnswer(
  vault: PiiVault,
  em: EntityManager,
  scope: IdempotencyScope,
  sealed: Buffer,
): Promise<StoredAnswer> {
  return (await vault.open(em, placeOf(scope), sealed)) as unknown as StoredAnswer;
}

/** Undefined when the user was erased meanwhile: then no answer of theirs is kept. */
async function sealAnswer(
  vault: PiiVault,
  em: EntityManager,
  scope: IdempotencyScope,
  { status, headers, body }: StoredAnswer,
): Promise<Buffer | undefined> {
  const seal = () => vault.seal(em, placeOf(scope), { status, headers: { ...headers }, body });
  try {
    return await seal().catch(async (error: unknown) => {
      rethrowUnlessMissing(error);
      await vault.createKeys(em, scope.userId); // the user's first sealed record in this service
      return seal();
    });
  } catch (error) {
    rethrowUnlessMissing(error);
    return undefined;
  }
}

function rethrowUnlessMissing(error: unknown): void {
  if (!(error instanceof DataKeyMissing)) {
    throw error;
  }
}

function placeOf(scope: IdempotencyScope): SealedPlace {
  const group = `${scope.route} ${hashOfKey(scope).toString('hex')}`;
  return { userId: scope.userId, table: 'idempotency_keys', group, keyClass: 'erasable' };
}
