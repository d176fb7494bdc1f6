import type { RevocationEntry } from '#revocation/message.ts';

interface Revoked {
  notBefore: number;
  expiresAt: number;
}

// `iat` has milliseconds as a fraction of seconds; times 1000 a double is off by at most 0.0003 ms. Finer `iat`s than
// whole milliseconds are refused for the length of this margin longer, which is the safe side.
const roundingMs = 0.01;

/** The revocations that still matter, by session, by user and by signing key. Only ever made stricter, until they expire. */
export class RevokedEntries {
  readonly #sessions = new Map<string, Revoked>();
  readonly #users = new Map<string, Revoked>();
  readonly #keys = new Map<string, Revoked>();
  #keysAdded = 0;

  get size(): number {
    return this.#sessions.size + this.#users.size + this.#keys.size;
  }

  /** Grows with every key that is revoked, and never falls. */
  get keysAdded(): number {
    return this.#keysAdded;
  }

  add(entry: RevocationEntry, now: number): void {
    if (entry.expiresAt <= now) return;
    if (entry.sid !== undefined) strengthen(this.#sessions, entry.sid, entry);
    if (entry.sub !== undefined) strengthen(this.#users, entry.sub, entry);
    if (entry.kid === undefined) return;
    if (!this.#keys.has(entry.kid)) this.#keysAdded += 1;
    strengthen(this.#keys, entry.kid, entry);
  }

  /** Whether a token issued at `iat` (epoch seconds) is void: `iat` ≤ `notBefore`. */
  covers(token: { sid: string; sub: string; iat: number }): boolean {
    const issuedAt = token.iat * 1000 - roundingMs;
    const session = this.#sessions.get(token.sid);
    if (session !== undefined && issuedAt <= session.notBefore) return true;
    const user = this.#users.get(token.sub);
    return user !== undefined && issuedAt <= user.notBefore;
  }

  /** Whether whatever that key has signed is void. */
  coversKey(kid: string): boolean {
    return this.#keys.has(kid);
  }

  /** Forgets what no living token can match any more. */
  prune(now: number): void {
    for (const entries of [this.#sessions, this.#users, this.#keys]) {
      for (const [id, revoked] of entries) if (revoked.expiresAt <= now) entries.delete(id);
    }
  }
}

function strengthen(entries: Map<string, Revoked>, id: string, entry: RevocationEntry): void {
  const known = entries.get(id);
  entries.set(id, {
    notBefore: Math.max(entry.notBefore, known?.notBefore ?? 0),
    expiresAt: Math.max(entry.expiresAt, known?.expiresAt ?? 0),
  });
}
