import { approvalSeconds } from '@bank/domain';

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

/** When keys change hands. Times in milliseconds. */
export interface RotationPolicy {
  /** How long one key signs. */
  signingMs: number;
  /** How long a key is public before it signs, so that every cached key set has it in time (SR-58). */
  publishAheadMs: number;
  /** How long a key stays public after it signed for the last time: the life of what lives longest, and the accepted skew. */
  verifyAfterMs: number;
}

export const defaultRotation: RotationPolicy = {
  signingMs: 30 * dayMs,
  publishAheadMs: dayMs,
  // A member of staff may ask for something in the last second of a key, and be granted it a day later.
  verifyAfterMs: approvalSeconds * 1000 + hourMs,
};

/** One key of the ring: it signs from `signsFrom` until the next key's `signsFrom`. */
export interface KeyTimes {
  kid: string;
  signsFrom: Date;
}

export interface RotationPlan {
  /** When a key to be made now starts to sign; absent when none is due. */
  create?: Date;
  /** Keys whose last token and last approval are dead. */
  retire: readonly string[];
}

/** The key that signs at `now`: the youngest whose time has come. */
export function signingKeyAt<K extends KeyTimes>(keys: readonly K[], now: Date): K | undefined {
  return inOrder(keys).findLast((key) => key.signsFrom <= now);
}

/** Decides which keys to make and which to forget. An empty ring gets a key that signs at once. */
export function planRotation(keys: readonly KeyTimes[], now: Date, policy: RotationPolicy): RotationPlan {
  const ring = inOrder(keys);
  const youngest = ring.at(-1);
  const retire = ring.slice(0, -1).filter((_, place) => {
    const successor = ring[place + 1];
    return successor !== undefined && successor.signsFrom.getTime() + policy.verifyAfterMs <= now.getTime();
  });
  const plan = { retire: retire.map((key) => key.kid) };
  if (youngest === undefined) return { ...plan, create: now };
  const due = youngest.signsFrom.getTime() + policy.signingMs;
  if (due - policy.publishAheadMs > now.getTime()) return plan;
  // A rotation that comes late (the service was down) still publishes the key before it signs.
  return { ...plan, create: new Date(Math.max(due, now.getTime() + policy.publishAheadMs)) };
}

function inOrder<K extends KeyTimes>(keys: readonly K[]): K[] {
  return keys.toSorted((a, b) => a.signsFrom.getTime() - b.signsFrom.getTime());
}
