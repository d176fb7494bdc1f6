import { approvalSeconds } from '@bank/domain';

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

/** How long anybody may keep the public keys: `Cache-Control: max-age`. Every lead of a new key is longer, save where an operator says so. */
export const keysMaxAgeSeconds = 300;

/** How soon the next key signs when an operator rotates, in seconds. */
export const rotationLead = {
  /** Our own verifiers ask for an unknown key once in 5 s, so by then they have it, whatever they kept. */
  min: 15,
  usual: 2 * keysMaxAgeSeconds,
  max: 30 * 86_400,
} as const;

/** As many keys are public at once and no more: verifiers refuse a set of more than twenty as one that was tampered with. */
export const publicKeysMax = 10;

/** For how long every process is told to refuse what a revoked key signed: longer than any of them can have kept the key. */
export const revokedKeyMs = 30 * dayMs;

/** A key that takes over at once signs from a little before now on, so that no replica whose clock is behind has none. */
const skewMs = 10_000;

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

/** The key that is public and does not sign yet. */
function nextKeyAt<K extends KeyTimes>(keys: readonly K[], now: Date): K | undefined {
  return inOrder(keys).find((key) => key.signsFrom > now);
}

export type KeyState = 'next' | 'signing' | 'retiring';

/** What each key is there for at the moment, in the order in which they sign. */
export function viewKeys<K extends KeyTimes>(
  keys: readonly K[],
  now: Date,
  { verifyAfterMs }: RotationPolicy,
): { key: K; state: KeyState; publicUntil?: Date }[] {
  const signing = signingKeyAt(keys, now);
  return inOrder(keys).map((key, place, ring) => {
    if (key === signing) return { key, state: 'signing' };
    if (key.signsFrom > now) return { key, state: 'next' };
    const end = (ring[place + 1] ?? key).signsFrom.getTime() + verifyAfterMs;
    return { key, state: 'retiring', publicUntil: new Date(end) };
  });
}

export type RotationNow<K> =
  | { kind: 'unchanged'; next: K }
  | { kind: 'brought_forward'; next: K; signsFrom: Date }
  | { kind: 'made'; signsFrom: Date }
  | { kind: 'too_many' };

/** What an operator's rotation does: a key that waits is brought forward, else one is made. It never delays one. */
export function planRotationNow<K extends KeyTimes>(
  keys: readonly K[],
  now: Date,
  leadSeconds: number,
): RotationNow<K> {
  const signsFrom = new Date(now.getTime() + leadSeconds * 1000);
  const next = nextKeyAt(keys, now);
  if (next === undefined) return keys.length < publicKeysMax ? { kind: 'made', signsFrom } : { kind: 'too_many' };
  return next.signsFrom <= signsFrom ? { kind: 'unchanged', next } : { kind: 'brought_forward', next, signsFrom };
}

/** Who signs once a key is gone, and from when on: nothing changes, the key that waits takes over at once, or one is made. */
export function planSuccession<K extends KeyTimes>(
  keys: readonly K[],
  gone: K,
  now: Date,
): { kind: 'unchanged' } | { kind: 'taken_over'; next: K; signsFrom: Date } | { kind: 'made'; signsFrom: Date } {
  if (signingKeyAt(keys, now) !== gone) return { kind: 'unchanged' };
  const signsFrom = new Date(now.getTime() - skewMs);
  const next = nextKeyAt(keys, now);
  return next === undefined ? { kind: 'made', signsFrom } : { kind: 'taken_over', next, signsFrom };
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
