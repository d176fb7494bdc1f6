import type { Account } from '#load/account.ts';
import type { Action, Actor } from '#load/actions/action.ts';
import { signIn } from '#load/actions/sign-in.ts';

const body = { reason: 'The customer called.' };

/** Staff lock the user and lift the lock, and the user signs in again: a lock ends every session. */
export const lockAndUnlock: Action = async (actor, account) => {
  if (account.standing === 'open' && !(await lock(actor, account))) return;
  if (await unlock(actor, account)) await signIn(actor, account);
};

/** Whether the user is locked, as far as anybody knows. */
async function lock({ staff, journal }: Actor, account: Account): Promise<boolean> {
  const { userId: id, session } = account;
  const answer = await staff.first.send('POST', '/v1/admin/users/:id/lock', { id, body, kind: 'lock' });
  if (answer === undefined || (answer.status >= 400 && answer.status < 500)) return false;
  account.session = undefined;
  account.standing = answer.status === 204 ? 'locked' : 'unknown';
  if (answer.status !== 204) return true;
  journal.acknowledged.push({ kind: 'lock', requestId: answer.requestId, userId: id });
  if (session !== undefined) {
    journal.revoked.push({ sessionId: session.id, accessToken: session.accessToken, at: performance.now() });
  }
  return true;
}

/** Where nobody knows whether there is a lock, lifting it may change nothing: that is no write to look for. */
async function unlock({ staff, journal }: Actor, account: Account): Promise<boolean> {
  const { userId: id, standing } = account;
  const isKnown = standing === 'locked';
  const answer = await staff.first.send('POST', '/v1/admin/users/:id/unlock', {
    id,
    body,
    ...(isKnown && { kind: 'unlock' }),
  });
  if (answer === undefined) return false;
  // Anybody else than a suspended user may be unlocked.
  account.standing = answer.status === 409 ? 'suspended' : 'unknown';
  if (answer.status !== 204) return false;
  account.standing = 'open';
  if (isKnown) journal.acknowledged.push({ kind: 'unlock', requestId: answer.requestId, userId: id });
  return true;
}
