import type { RevocationEntry } from '@bank/verifier';
import type { NumberedRevocation } from '#storage/feed/revocation.repository.ts';

/** A numbered revocation as the feed carries it. */
export function entryOf(revocation: NumberedRevocation): RevocationEntry {
  const { number, sessionId, userId, signingKeyId, notBefore, expiresAt } = revocation;
  const times = { number, notBefore: notBefore.getTime(), expiresAt: expiresAt.getTime() };
  if (sessionId !== null) return { ...times, sid: sessionId };
  if (userId !== null) return { ...times, sub: userId };
  if (signingKeyId !== null) return { ...times, kid: signingKeyId };
  throw new Error(`revocation ${number} names nobody`);
}
