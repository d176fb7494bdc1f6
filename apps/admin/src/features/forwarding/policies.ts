import { zeroHash } from '@bank/ledger';
import type { ReceiverHead } from '#adapters/audit/audit-receiver.ts';

/** Entries that go out in one call. */
export const batchMax = 1000;

/** How long a forwarder may be silent before another takes over: longer than a call to the receiver may take. */
export const leaseSeconds = 30;

/** How old a lease may be that is still relied upon for one more call. */
export const leaseFreshMs = 5000;

/** Where a receiver stands that has nothing of a shard. */
export const emptyHead: ReceiverHead = { position: 0, hash: zeroHash };

/** The receiver and the ledger tell different stories of a shard. People have to look; nothing is skipped. */
export type Dispute = 'receiver_ahead' | 'hash_mismatch' | 'entry_refused';

/** Where to go on in a shard, or why that cannot be said. */
export type Standing =
  | { readonly kind: 'agreed'; readonly position: number; readonly lostByReceiver: number }
  | { readonly kind: 'disputed'; readonly dispute: Dispute };

/**
 * Compares where the receiver stands with the ledger. Behind what was forwarded before, it has lost entries (it was
 * restored), and they are sent again; beyond the end of the ledger, the ledger itself has.
 */
export function compare(
  head: ReceiverHead,
  ledger: {
    /** The last entry known to be forwarded. */
    readonly forwarded: number;
    readonly recorded: number;
    /** The hash that the ledger has at the receiver's position. */
    readonly hashThere: Uint8Array | undefined;
  },
): Standing {
  if (head.position > ledger.recorded) return { kind: 'disputed', dispute: 'receiver_ahead' };
  if (ledger.hashThere === undefined || !Buffer.from(ledger.hashThere).equals(head.hash)) {
    return { kind: 'disputed', dispute: 'hash_mismatch' };
  }
  return {
    kind: 'agreed',
    position: head.position,
    lostByReceiver: Math.max(0, ledger.forwarded - head.position),
  };
}

/** How long to wait after so many failures in a row, in milliseconds: doubling, and never the same for all. */
export function backOffMs(failures: number, { firstMs, mostMs }: { firstMs: number; mostMs: number }): number {
  const longest = Math.min(mostMs, firstMs * 2 ** (failures - 1));
  return longest / 2 + Math.random() * (longest / 2);
}
