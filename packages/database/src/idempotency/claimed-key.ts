import { AsyncLocalStorage } from 'node:async_hooks';
import { identifier } from '#connection/identifier.ts';
import type { Statement } from '#connection/session.ts';
import { type IdempotencyScope, primaryKey } from '#idempotency/idempotency-key.repository.ts';

/** A key that the request being served has claimed. */
export interface ClaimedKey {
  readonly scope: IdempotencyScope;
  readonly claim: string;
}

const storage = new AsyncLocalStorage<{ readonly key: ClaimedKey; isOver: boolean }>();

/** The claimed key of the request being served, for every transaction below it. */
export const claimedKey = {
  /** Runs a request's work. What it leaves behind, a timer or a loop, goes on without the key. */
  async run<T>(key: ClaimedKey, work: () => Promise<T>): Promise<T> {
    const claimed = { key, isOver: false };
    try {
      return await storage.run(claimed, work);
    } finally {
      claimed.isOver = true;
    }
  },
  get(): ClaimedKey | undefined {
    const claimed = storage.getStore();
    return claimed === undefined || claimed.isOver ? undefined : claimed.key;
  },
};

/**
 * Notes with a commit that something was done under a key. It fails, and with it the transaction, when the claim has lapsed
 * and another request has taken it over: of two processes that hold one key in turn, one commits.
 */
export function commitKeyStatement(schema: string, { scope, claim }: ClaimedKey): Statement {
  return {
    sql: `select ${identifier(schema)}.commit_idempotency_key($1, $2, $3, $4::text::timestamptz)`,
    params: [...primaryKey(scope), claim],
  };
}
