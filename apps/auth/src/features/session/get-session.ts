import type { AssuranceLevel } from '@bank/domain';
import type { AppContext } from '#context.ts';

/** What an access token says of the session it belongs to. */
export interface CurrentSession {
  id: string;
  acr: AssuranceLevel;
  amr: readonly string[];
  authTime: string;
  deviceId: string | null;
  /** When the access token dies. */
  expiresAt: string;
}

/** The session of a verified access token, from its claims alone: no look at the database. @throws auth.token.invalid */
export async function getSession(ctx: Pick<AppContext, 'verifier'>, token: string): Promise<CurrentSession> {
  const claims = await ctx.verifier.verify(token); // just verified by the route's guard: comes from the cache
  return {
    id: claims.sid,
    acr: claims.acr,
    amr: claims.amr,
    authTime: new Date(claims.authTime * 1000).toISOString(),
    deviceId: claims.did ?? null,
    expiresAt: new Date(claims.exp * 1000).toISOString(),
  };
}
