import type { Action } from '#load/actions/action.ts';
import { renew } from '#load/actions/renew.ts';
import { versionIn } from '#load/actions/version-in.ts';
import { isExpected, settle } from '#load/text.ts';

/** Reads the device, compares its name with what was acknowledged, and gives it another under the version that was read. */
export const nameDevice: Action = async (actor, account) => {
  const { client, journal, random } = actor;
  const { session, userId, device, deviceName } = account;
  if (session === undefined) return renew(actor, account);
  const token = session.accessToken;
  const read = await client.send('GET', '/v1/devices/:id', { id: device.id, token });
  if (read.status === 401) return renew(actor, account);
  if (read.status !== 200) return;
  if (!isExpected(deviceName, (read.body as { name: string | null }).name)) {
    journal.complaints.push(`device ${device.id} of ${userId}: an acknowledged name is gone`);
  }
  const wanted = `telephone ${random.between(1, 1_000_000_000)}`;
  deviceName.asked.add(wanted);
  const answer = await client.send('PATCH', '/v1/devices/:id', {
    id: device.id,
    token,
    headers: { 'if-match': read.headers.get('etag') ?? '' },
    body: { name: wanted },
    kind: 'device',
  });
  if (answer.status !== 200) return;
  settle(deviceName, wanted);
  const { requestId } = answer;
  journal.acknowledged.push({ kind: 'device', requestId, userId, deviceId: device.id, version: versionIn(answer) });
};
