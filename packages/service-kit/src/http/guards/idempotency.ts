import { createHash } from 'node:crypto';
import { DomainError } from '@bank/domain';
import type { Logger } from '@bank/observability';
import type { HttpReply } from '#http/contract/reply.ts';
import type { HttpRequest } from '#http/contract/request.ts';

/** One use of a key: whose, on which route. The same key of another user or on another route is another key. */
export interface IdempotencyScope {
  readonly userId: string;
  /** `POST /v1/profile/change-requests` */
  readonly route: string;
  readonly key: string;
}

/** An answer as it can be given again. The body is a JSON text, or empty. */
export interface StoredAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Remembers requests and their answers for 24 h; the answer is sealed for the user. Implemented by @bank/database. */
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
  /** Keeps the answer of a claimed key. Nothing comes of a claim that another request took over. */
  finish(scope: IdempotencyScope, claim: string, answer: StoredAnswer): Promise<void>;
  /** Gives a claimed key back, since nothing was done. Nothing comes of a claim that another request took over. */
  release(scope: IdempotencyScope, claim: string): Promise<void>;
}

/** Where answers are kept, and who is told of one that could not be. */
interface KeptAnswers {
  readonly store: IdempotencyStore;
  readonly logger: Logger;
}

const validKey = /^[\x21-\x7e]{1,255}$/;
const retryRunningSeconds = 1;

/**
 * Runs `handle` at most once for a key. Only a success is kept: a request that failed has changed nothing and may be
 * sent again with the same key, corrected or not.
 * @throws request.idempotency_conflict, request.idempotency_in_progress, request.idempotency_interrupted, request.invalid
 */
export async function handleOnce(
  { store, logger }: KeptAnswers,
  route: string,
  request: HttpRequest,
  handle: () => Promise<HttpReply>,
): Promise<HttpReply> {
  const key = request.header('idempotency-key');
  if (key === undefined || request.actor.kind !== 'user') {
    return handle();
  }
  if (!validKey.test(key)) {
    throw new DomainError('request.invalid', { details: { errors: [{ path: 'Idempotency-Key', rule: 'format' }] } });
  }
  const scope = { userId: request.actor.userId, route, key };
  const begun = await store.begin(scope, hashOf(request));
  switch (begun) {
    case 'conflict':
      throw new DomainError('request.idempotency_conflict');
    case 'running':
      throw new DomainError('request.idempotency_in_progress', { details: { retryAfterSeconds: retryRunningSeconds } });
    case 'interrupted':
      throw new DomainError('request.idempotency_interrupted');
    default:
      return 'replay' in begun
        ? replay(begun.replay)
        : handleClaimed({ store, logger }, { ...scope, claim: begun.claim }, handle);
  }
}

async function handleClaimed(
  { store, logger }: KeptAnswers,
  { claim, ...scope }: IdempotencyScope & { readonly claim: string },
  handle: () => Promise<HttpReply>,
): Promise<HttpReply> {
  let reply: HttpReply;
  try {
    reply = await store.within(scope, claim, handle);
  } catch (error) {
    if (isSurelyUndone(error)) await store.release(scope, claim);
    throw error;
  }
  const kept = store.finish(scope, claim, {
    status: reply.status,
    headers: { ...reply.headers, ...(reply.etag === undefined ? {} : { etag: reply.etag }) },
    body: reply.body === undefined ? '' : JSON.stringify(reply.body),
  });
  // What was done is answered, whether or not it could be kept: the key knows that something was committed.
  await kept.catch((error: unknown) => logger.warn({ err: error }, 'the answer to a request could not be kept'));
  return reply;
}

/** What failed in an unknown way may have happened: such a key stays claimed, and then says so or lapses. */
function isSurelyUndone(error: unknown): boolean {
  if (!(error instanceof DomainError)) return false;
  return error.isUndone || error.isRefusal;
}

function replay({ status, headers, body }: StoredAnswer): HttpReply {
  const marked = { ...headers, 'idempotency-replayed': 'true' };
  return body === '' ? { status, headers: marked } : { status, headers: marked, body: JSON.parse(body) as unknown };
}

/** What makes a request the same one: its full target and the bytes of its body. The store keys this hash. */
function hashOf(request: HttpRequest): Uint8Array {
  const target = [request.method, request.path, ...Object.entries(request.query).flat()];
  return createHash('sha256').update(JSON.stringify(target)).update('\n').update(request.bytes).digest();
}
