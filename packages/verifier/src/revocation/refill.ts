import type { RevocationEntry, RevocationMessage } from '#revocation/message.ts';

/** A point in time as protobuf's `google.protobuf.Timestamp` has it. */
interface Timestamp {
  readonly seconds: bigint;
  readonly nanos: number;
}

/** One entry of an answer of `bank.auth.v1.AuthService/ListRevocations`, as protobuf-es reads it. */
export interface ListedRevocation {
  readonly number: bigint;
  readonly target:
    | { readonly case: 'sessionId' | 'userId' | 'signingKeyId'; readonly value: string }
    | { readonly case: undefined };
  readonly notBefore?: Timestamp | undefined;
  readonly expiresAt?: Timestamp | undefined;
}

/** An answer of `bank.auth.v1.AuthService/ListRevocations`, as protobuf-es reads it. */
export interface RevocationPage {
  readonly epoch: bigint;
  readonly number: bigint;
  readonly hasMore: boolean;
  readonly entries: readonly ListedRevocation[];
}

/** Asks the User Service for the page of revocations after a number of an epoch; zeros ask for the first. */
export type ListRevocations = (request: {
  readonly epoch: bigint;
  readonly sinceNumber: bigint;
}) => Promise<RevocationPage>;

/**
 * The `refill` of a revocation feed from `ListRevocations` of the User Service: every live entry, page after page. Its promise
 * rejects with what `list` rejects with, and when an entry names neither session nor user nor key, since what it is about
 * cannot be known then.
 */
export function createRefill(list: ListRevocations): () => Promise<RevocationMessage> {
  return async () => {
    // The first question names no epoch, so the answer begins at the beginning.
    let page = await list({ epoch: 0n, sinceNumber: 0n });
    const entries = page.entries.map(toEntry);
    while (page.hasMore) {
      page = await list({ epoch: page.epoch, sinceNumber: page.number });
      entries.push(...page.entries.map(toEntry));
    }
    return { epoch: Number(page.epoch), number: Number(page.number), entries };
  };
}

function toEntry({ number, target, notBefore, expiresAt }: ListedRevocation): RevocationEntry {
  const times = { number: Number(number), notBefore: milliseconds(notBefore), expiresAt: milliseconds(expiresAt) };
  switch (target.case) {
    case 'sessionId':
      return { ...times, sid: target.value };
    case 'userId':
      return { ...times, sub: target.value };
    case 'signingKeyId':
      return { ...times, kid: target.value };
    case undefined:
      throw new Error('a revocation that names nobody');
  }
}

function milliseconds(time: Timestamp | undefined): number {
  return time === undefined ? 0 : Number(time.seconds) * 1000 + Math.round(time.nanos / 1_000_000);
}
