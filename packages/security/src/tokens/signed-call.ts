import { createHash } from 'node:crypto';

/** How far the time of a signed call may be from ours. */
const windowSeconds = 300;

/** What a provider signs when it calls back. */
export interface SignedCall {
  /** As it came. */
  readonly body: Uint8Array;
  /** Unix time in seconds. */
  readonly timestamp: string;
}

/** Whether a signed call is of the last minutes, by a clock that need not quite be ours (SR-90). */
export function isRecentCall({ timestamp }: Pick<SignedCall, 'timestamp'>, now: Date): boolean {
  if (!/^\d{1,12}$/.test(timestamp)) return false;
  return Math.abs(now.getTime() / 1000 - Number(timestamp)) <= windowSeconds;
}

/**
 * By what a signed call is known again when it comes twice (SR-90): SHA-256 of what was signed, not of its signature, which has other
 * forms that are as good.
 */
export function signedCallDigest({ body, timestamp }: SignedCall): Buffer {
  return createHash('sha256').update(timestamp).update('\n').update(body).digest();
}
