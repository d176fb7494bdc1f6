import type { Action } from '#load/actions/action.ts';
import { renew } from '#load/actions/renew.ts';

/** Asks for the session and for the devices: reads that tell whether somebody is let in. */
export const look: Action = async (actor, account) => {
  const token = account.session?.accessToken;
  if (token === undefined) return renew(actor, account);
  const { status } = await actor.client.send('GET', '/v1/auth/session', { token });
  if (status === 401) return renew(actor, account);
  await actor.client.send('GET', '/v1/devices', { token });
};
