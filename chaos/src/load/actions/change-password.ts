import { freshPassword } from '@bank/test-bed';
import type { Action } from '#load/actions/action.ts';
import { renew } from '#load/actions/renew.ts';
import { signIn } from '#load/actions/sign-in.ts';

/** A user who does not know which of several passwords is theirs finds out before choosing another. */
const askedMax = 1;

/** Changes the password. The session goes on, and the next sign-in shows whether the change is there. */
export const changePassword: Action = async (actor, account) => {
  const { client, journal } = actor;
  const { session, password, userId } = account;
  if (session === undefined) return renew(actor, account);
  if (password.asked.size >= askedMax) return signIn(actor, account);
  const wanted = freshPassword();
  password.asked.add(wanted);
  const body = { currentPassword: password.told, newPassword: wanted };
  const sent = { token: session.accessToken, body, kind: 'password' } as const;
  const { status, requestId } = await client.send('POST', '/v1/auth/password/change', sent);
  if (status === 0 || status >= 500) return; // it may be done
  password.asked.delete(wanted);
  if (status === 401) return signIn(actor, account);
  if (status !== 204) return;
  password.told = wanted;
  // Whatever was asked for before needed the password of before.
  password.asked.clear();
  journal.acknowledged.push({ kind: 'password', requestId, userId });
};
