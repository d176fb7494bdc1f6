import type { FeedPlace, RefillPage, RevocationEntry } from '#revocation/message.ts';

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

/**
 * Asks the User Service for the page of revocations after a number of an epoch; zeros ask for the first. A call that `signal`
 * aborts is given up. The method of a Connect client is one.
 */
export type ListRevocations = (
  request: { readonly epoch: bigint; readonly sinceNumber: bigint },
  options: { readonly signal: AbortSignal },
) => Promise<RevocationPage>;

/**
 * The `refill` of a revocation feed from `ListRevocations` of the User Service. Its promise rejects with what `list` rejects
 * with, and when an entry names neither session nor user nor key or lacks one of its times, since what it voids cannot be
 * known then.
 */
export function createRefill(list: ListRevocations): (since: FeedPlace, signal: AbortSignal) => Promise<RefillPage> {
  return async (since, signal) => {
    const page = await list({ epoch: BigInt(since.epoch), sinceNumber: BigInt(since.number) }, { signal });
    const { epoch, number, entries, hasMore } = page;
    return { epoch: Number(epoch), number: Number(number), entries: entries.map(toEntry), hasMore };
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
  if (time === undefined) throw new Error('a revocation without a time');
  return Number(time.seconds) * 1000 + Math.round(time.nanos / 1_000_000);
}
