/** Life of an access token in seconds. */
export const accessTokenSeconds = 300;

/** Live sessions that a user may have. One more ends the oldest of them. */
export const sessionsMax = 10;

/** How long a spent refresh token may be presented again by the same device (lost answers, two tabs). */
export const graceMs = 10_000;

/** What a client's registration says about its sessions. */
export interface SessionLimits {
  idleSeconds: number;
  absoluteSeconds: number;
}

/** The two ends of a session (SR-45). A refresh moves the idle end, never the absolute one. */
export interface SessionEnds {
  idleExpiresAt: Date;
  absoluteExpiresAt: Date;
}

/** The ends of a session that opens at `now`. */
export function newSessionEnds(limits: SessionLimits, now: Date): SessionEnds {
  const absoluteExpiresAt = after(now, limits.absoluteSeconds);
  return { absoluteExpiresAt, idleExpiresAt: idleEnd(limits, absoluteExpiresAt, now) };
}

/** The idle end after a use at `now`. */
export function idleEnd(limits: SessionLimits, absoluteExpiresAt: Date, now: Date): Date {
  return earlier(after(now, limits.idleSeconds), absoluteExpiresAt);
}

/** When an access token made at `now` dies: never after its session (SR-51). */
export function accessExpiry(absoluteExpiresAt: Date, now: Date): Date {
  return earlier(after(now, accessTokenSeconds), absoluteExpiresAt);
}

/** Whether a session may still be used. */
export function isLive(session: SessionEnds & { revokedAt: Date | null }, now: Date): boolean {
  return session.revokedAt === null && session.idleExpiresAt > now && session.absoluteExpiresAt > now;
}

/** What is known of a spent refresh token that has come again. */
export interface SecondUse {
  consumedAt: Date;
  /** Still present: without it the successor's secret cannot be derived again. */
  hasNonce: boolean;
  isSuccessorSpent: boolean;
  /** Whether a step-up took what it would yield. */
  isSuperseded: boolean;
  isSameHolder: boolean;
}

/**
 * Whether a spent refresh token gets the successor it already got, or counts as stolen (RFC 9700 §4.14.2). Only who holds the
 * session's device secret, or the key it is bound to, may ask again, for a few seconds, and only while nobody used the answer. To
 * them a token that their step-up has overtaken yields nothing, and is no theft either: another tab may have sent it before. That
 * excuses nothing later: whoever copied a browser's cookies has its device secret too, and a token of theirs that a step-up has overtaken
 * is all by which they are noticed. So the answers of a refresh and a step-up that arrive in the wrong order end a session (SR-49).
 */
export function decideSecondUse(use: SecondUse, now: Date): 'same_successor' | 'superseded' | 'reuse' {
  const inTime = now.getTime() - use.consumedAt.getTime() <= graceMs;
  if (!inTime || !use.isSameHolder) return 'reuse';
  if (use.isSuperseded) return 'superseded';
  return use.hasNonce && !use.isSuccessorSpent ? 'same_successor' : 'reuse';
}

function after(now: Date, seconds: number): Date {
  return new Date(now.getTime() + seconds * 1000);
}

function earlier(a: Date, b: Date): Date {
  return a < b ? a : b;
}
