/**
 * One revocation: every token of a session, or of a user, that was issued at `notBefore` or earlier is void; or everything
 * that a signing key has signed, whenever that was.
 */
export interface RevocationEntry {
  /** Its place in the publisher's gapless count of committed entries, from 1. */
  readonly number: number;
  /** Exactly one of `sid` (a session), `sub` (all of a user's sessions) and `kid` (a signing key) is set. */
  readonly sid?: string;
  readonly sub?: string;
  readonly kid?: string;
  /** Epoch milliseconds. A token whose `iat` is at or before it is refused. */
  readonly notBefore: number;
  /** Epoch milliseconds after which no token that it concerns can still be alive: token life and skew. */
  readonly expiresAt: number;
}

/**
 * What the publisher pushes, answers to a refill, and sends each second as a heartbeat (then without entries).
 * `number` is the count of the publisher's newest committed entry once these are included; a push holds every entry
 * since its previous one. `epoch` names the publisher's lease and only ever grows, also over a restore of the database.
 */
export interface RevocationMessage {
  readonly epoch: number;
  readonly number: number;
  readonly entries: readonly RevocationEntry[];
}

/** A place in the publisher's count: everything up to `number` of that epoch is known. Zeros stand before the beginning. */
export interface FeedPlace {
  readonly epoch: number;
  readonly number: number;
}

/** An answer to a refill: live entries after a place, in rising order. */
export interface RefillPage extends RevocationMessage {
  /** Whether to ask again, from `number`, which is the last entry's then. Without it this is all. */
  readonly hasMore?: boolean;
}

/** How pushes travel. Messages may be lost, repeated and reordered; the feed notices. */
export interface RevocationChannel {
  /** For the publisher alone. */
  publish(message: RevocationMessage): Promise<void>;
  /**
   * Hands over every message from now on, also after the connection was lost and found again. `onDisconnect` is called
   * each time messages may have been missed; again before a message was handed over, as for each attempt to connect that
   * fails, it says nothing new. When the promise rejects, subscribing is tried again later. It gives the function that ends the subscription.
   */
  subscribe(onMessage: (message: RevocationMessage) => void, onDisconnect: () => void): Promise<() => Promise<void>>;
}

const idPattern = /^[\w.:-]{1,128}$/;
/** In one push. A refill brings what may be any number of entries, page by page. */
const pushedMax = 100_000;

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}

/** Zero is what a time that was left out reads as: an entry of 1970 would be dropped as expired and count as known. */
function isTime(value: unknown): value is number {
  return isCount(value) && value > 0;
}

function parseEntry(value: unknown): RevocationEntry | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const { number, sid, sub, kid, notBefore, expiresAt } = value as Record<string, unknown>;
  if (!isCount(number) || number === 0 || !isTime(notBefore) || !isTime(expiresAt)) return undefined;
  const times = { number, notBefore, expiresAt };
  const targets = Object.entries({ sid, sub, kid }).filter(([, id]) => id !== undefined);
  const [target] = targets;
  if (target === undefined || targets.length > 1) return undefined;
  const [name, id] = target;
  return typeof id === 'string' && idPattern.test(id) ? { ...times, [name]: id } : undefined;
}

/** Reads the JSON text that a message travels as. Undefined when it is none, or not as described. */
export function readRevocationMessage(text: string): RevocationMessage | undefined {
  try {
    return parseRevocationMessage(JSON.parse(text));
  } catch {
    return undefined;
  }
}

/** Reads a message that came from outside. Undefined when any part of it is not as described: a half message proves nothing. */
export function parseRevocationMessage(value: unknown): RevocationMessage | undefined {
  return parseEntries(value, pushedMax);
}

/** Reads a page that came from outside. Undefined when any part of it is not as described. */
export function parseRefillPage(value: unknown): RefillPage | undefined {
  const message = parseEntries(value, Number.POSITIVE_INFINITY);
  if (message === undefined) return undefined;
  const { hasMore = false } = value as Record<string, unknown>;
  return typeof hasMore === 'boolean' ? { ...message, hasMore } : undefined;
}

function parseEntries(value: unknown, entriesMax: number): RevocationMessage | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const { epoch, number, entries } = value as Record<string, unknown>;
  if (!isCount(epoch) || !isCount(number) || !Array.isArray(entries) || entries.length > entriesMax) return undefined;
  const parsed: RevocationEntry[] = [];
  for (const item of entries) {
    const entry = parseEntry(item);
    if (entry === undefined || entry.number > number) return undefined;
    parsed.push(entry);
  }
  return { epoch, number, entries: parsed };
}
