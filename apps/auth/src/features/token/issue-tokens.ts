import { type AssuranceLevel, countingRoles } from '@bank/domain';
import { signJwt } from '@bank/security';
import type { AppContext } from '#context.ts';
import type { SignedIn } from '#features/session/open-session.ts';
import { accessExpiry } from '#features/session/policies.ts';

/** What a client gets for a session, before the transport decides what of it goes into cookies. */
export interface TokenSet {
  accessToken: string;
  /** `DPoP` when they are bound to a key (RFC 9449 §5). */
  tokenType: 'Bearer' | 'DPoP';
  /** Seconds, as all of them here. */
  expiresIn: number;
  refreshToken: string;
  refreshExpiresIn: number;
  sessionId: string;
  acr: AssuranceLevel;
  /** Whom the access token is for; `enrolment` tells a member of staff to enrol a factor first. */
  audience: string;
  device: { id: string; secret?: string };
}

/** Signs an access token (RFC 9068) for a session whose opening or renewal has been committed. */
export function issueTokens(
  ctx: Pick<AppContext, 'clock' | 'ids' | 'config' | 'keyRing'>,
  signedIn: SignedIn,
): TokenSet {
  const { session, client, refreshToken, device } = signedIn;
  const now = ctx.clock.now();
  const expiresAt = accessExpiry(session.absoluteExpiresAt, now);
  return {
    accessToken: signJwt(ctx.keyRing.current(now), 'at+jwt', claimsOf(ctx, signedIn, now, expiresAt)),
    tokenType: session.dpopJkt === null ? 'Bearer' : 'DPoP',
    expiresIn: secondsUntil(expiresAt, now),
    refreshToken,
    refreshExpiresIn: secondsUntil(session.idleExpiresAt, now),
    sessionId: session.id,
    acr: session.acr,
    audience: client.audience,
    device,
  };
}

/** Ids only, no personal data (SR-59), and of the roles those that count for the audience. `iat` has milliseconds, so that a revocation tells tokens of one second apart. */
function claimsOf(
  ctx: Pick<AppContext, 'ids' | 'config'>,
  { session, client, roles }: SignedIn,
  now: Date,
  expiresAt: Date,
): Record<string, string | number | string[] | { jkt: string }> {
  return {
    iss: ctx.config.TOKEN_ISSUER,
    aud: client.audience,
    sub: session.userId,
    sid: session.id,
    jti: ctx.ids.next(),
    iat: now.getTime() / 1000,
    exp: Math.floor(expiresAt.getTime() / 1000),
    auth_time: Math.floor(session.authTime.getTime() / 1000),
    acr: session.acr,
    amr: [...session.amr],
    roles: [...countingRoles(client.audience, roles)],
    did: session.deviceId,
    ...(session.dpopJkt === null ? {} : { cnf: { jkt: session.dpopJkt } }),
  };
}

function secondsUntil(end: Date, now: Date): number {
  return Math.max(0, Math.floor((end.getTime() - now.getTime()) / 1000));
}
