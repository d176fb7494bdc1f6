import type { RevocationEntry } from '@bank/verifier';
import type { NumberedRevocation } from '#storage/feed/revocation.repository.ts';

/** A numbered revocation as the feed carries it. */
export function entryOf({ number, sessionId, userId, notBefore, expiresAt }: NumberedRevocation): RevocationEntry {
  const times = { number, notBefore: notBefore.getTime(), expiresAt: expiresAt.getTime() };
  if (sessionId !== null) return { ...times, sid: sessionId };
  if (userId !== null) return { ...times, sub: userId };
  throw new Error(`revocation ${number} names nobody`);
}
