import type { Tokens } from '#load/account.ts';
import type { Action } from '#load/actions/action.ts';
import { signIn } from '#load/actions/sign-in.ts';
import { tokenIdOf } from '#load/actions/token-id.ts';

/** Below the ten seconds in which a spent token gives its successor once more. */
const graceMs = 8_000;

/** What clients complain of whose renewal comes in time and is refused. */
export const refusedWithinGrace = 'a renewal was refused within its grace';

/**
 * Renews a session. Without an answer the same token is shown again, as long as that is no reuse; a client that was cut off
 * for longer cannot know whether its token is spent, and signs in.
 */
export const renew: Action = async (actor, account) => {
  const { client, journal } = actor;
  const { session, device } = account;
  const now = performance.now();
  if (session === undefined || (session.renewingSince !== undefined && now - session.renewingSince > graceMs)) {
    return signIn(actor, account);
  }
  session.renewingSince ??= now;
  const body = { refreshToken: session.refreshToken, device: { secret: device.secret } };
  const answer = await client.send('POST', '/v1/auth/token/refresh', { body, kind: 'renewal' });
  if (answer.status === 200) {
    const { accessToken, refreshToken } = answer.body as Tokens;
    Object.assign(session, { accessToken, refreshToken, renewingSince: undefined });
    const tokenId = tokenIdOf(refreshToken);
    journal.acknowledged.push({ kind: 'renewal', requestId: answer.requestId, sessionId: session.id, tokenId });
  } else if (answer.status === 401) {
    const lateMs = performance.now() - session.renewingSince;
    if (lateMs < graceMs) journal.complaints.push(`session ${session.id}: ${refusedWithinGrace}`);
    account.session = undefined;
  }
};
