import type { Action } from '#load/actions/action.ts';
import { renew } from '#load/actions/renew.ts';

/** Gives the device another name, under the version that was read. */
export const nameDevice: Action = async (actor, account) => {
  const { client, journal, random } = actor;
  const { session, userId, device } = account;
  if (session === undefined) return renew(actor, account);
  const token = session.accessToken;
  const read = await client.send('GET', '/v1/devices/:id', { id: device.id, token });
  if (read.status === 401) return renew(actor, account);
  if (read.status !== 200) return;
  const answer = await client.send('PATCH', '/v1/devices/:id', {
    id: device.id,
    token,
    headers: { 'if-match': read.headers.get('etag') ?? '' },
    body: { name: `telephone ${random.between(1, 1_000_000_000)}` },
    kind: 'device',
  });
  if (answer.status !== 200) return;
  journal.acknowledged.push({ kind: 'device', requestId: answer.requestId, userId, deviceId: device.id });
};
