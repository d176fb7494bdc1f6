import type { Action } from '#load/actions/action.ts';
import { signIn } from '#load/actions/sign-in.ts';

/** Signs out and in again. The access token of the ended session is kept: it must never be good again. */
export const signOut: Action = async (actor, account) => {
  const { client, journal } = actor;
  const { session, userId } = account;
  if (session !== undefined) {
    const { id: sessionId, accessToken } = session;
    const answer = await client.send('POST', '/v1/auth/logout', { token: accessToken, kind: 'sign-out' });
    if (answer.status !== 204 && answer.status !== 401) return;
    account.session = undefined;
    if (answer.status === 204) {
      journal.acknowledged.push({ kind: 'sign-out', requestId: answer.requestId, userId, sessionId });
      journal.revoked.push({ sessionId, accessToken, at: performance.now() });
    }
  }
  await signIn(actor, account);
};
