import { randomBytes } from 'node:crypto';
import type { ReadToken } from '@bank/security';
import { mintToken, successorNonceBytes, successorSecret } from '@bank/security';
import type { AppTransaction } from '#context.ts';
import { decideSecondUse, idleEnd } from '#features/session/policies.ts';
import { refreshTokenPrefix } from '#features/session/tokens.ts';
import type { Client } from '#storage/sessions/client.repository.ts';
import type { TokenHolder } from '#storage/sessions/refresh-token.repository.ts';

/** What a spent token has become. */
export interface Renewal {
  refreshToken: string;
  idleExpiresAt: Date;
}

/** Consumes a token and stores its successor; undefined when somebody has consumed it before. One conditional update decides. */
export async function rotate(
  tx: AppTransaction,
  use: { holder: TokenHolder; client: Client; presented: ReadToken },
): Promise<Renewal | undefined> {
  const { session, token } = use.holder;
  const now = tx.clock.now();
  const successorId = tx.ids.next();
  const nonce = randomBytes(successorNonceBytes);
  const next = successorSecret(tx.keys.refresh, {
    family: session.id,
    generation: token.generation,
    presentedSecret: use.presented.secret,
    nonce,
  });
  const consumed = { id: token.id, successorId, derivationKeyId: next.keyId, nonce, at: now };
  if (!(await tx.refreshTokens.consume(consumed))) return undefined;
  const successor = mintToken(refreshTokenPrefix, successorId, next.secret);
  const idleExpiresAt = idleEnd(use.client, session.absoluteExpiresAt, now);
  // Side by side, in one round trip.
  await Promise.all([
    // The token before this one can yield nothing any more: its successor is spent.
    token.predecessorId === null ? undefined : tx.refreshTokens.forgetNonce(token.predecessorId),
    tx.refreshTokens.insert({
      id: successorId,
      sessionId: session.id,
      generation: token.generation + 1,
      digest: successor.digest,
      predecessorId: token.id,
      createdAt: now,
    }),
    tx.sessions.touch(session.id, idleExpiresAt, now),
  ]);
  return { refreshToken: successor.token, idleExpiresAt };
}

/** The successor that a spent token got before, derived again, or why there is none. */
export async function renewAgain(
  tx: AppTransaction,
  use: { holder: TokenHolder; presented: ReadToken; isSameHolder: boolean },
): Promise<Renewal | 'superseded' | 'reuse'> {
  const { session, token } = use.holder;
  const spent = await tx.refreshTokens.findSpent(token.id);
  if (spent === undefined) return 'reuse';
  const { nonce, successorId, derivationKeyId } = spent;
  const facts = { ...spent, isSameHolder: use.isSameHolder, hasNonce: nonce !== null };
  const decided = decideSecondUse(facts, tx.clock.now());
  if (decided !== 'same_successor') return decided;
  if (nonce === null) return 'reuse';
  const { secret } = successorSecret(tx.keys.refresh, {
    family: session.id,
    generation: token.generation,
    presentedSecret: use.presented.secret,
    nonce,
    keyId: derivationKeyId,
  });
  const { token: refreshToken } = mintToken(refreshTokenPrefix, successorId, secret);
  return { refreshToken, idleExpiresAt: session.idleExpiresAt };
}
