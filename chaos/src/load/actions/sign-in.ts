import { sessionOf, type Tokens } from '#load/account.ts';
import type { Action } from '#load/actions/action.ts';

/** Signs in with the password on the known device. Where more is asked for, the client leaves it at that. */
export const signIn: Action = async ({ client, journal }, account) => {
  const { email: identifier, password, device, userId } = account;
  const body = { identifier, password, device: { secret: device.secret } };
  const answer = await client.send('POST', '/v1/auth/login', { body, kind: 'session' });
  const tokens = answer.body as Partial<Tokens> | undefined;
  if (answer.status !== 200 || tokens?.accessToken === undefined) return;
  account.session = sessionOf(tokens as Tokens);
  journal.acknowledged.push({
    kind: 'session',
    requestId: answer.requestId,
    userId,
    sessionId: account.session.id,
  });
};
