import { announcementOf, noisePicture } from '@bank/test-bed';
import type { Account } from '#load/account.ts';
import type { Action, Actor } from '#load/actions/action.ts';
import { renew } from '#load/actions/renew.ts';
import type { UploadLink } from '#load/gateway-client.ts';

/** Larger than a packet, so that there is a middle to die in. */
const picture = noisePicture(240);
const announced = announcementOf(picture);

/** Goes on with a picture of which nothing was heard, or announces another, sends it and completes it. */
export const uploadAvatar: Action = async (actor, account) => {
  const { client } = actor;
  const token = account.session?.accessToken;
  if (token === undefined) return renew(actor, account);
  if (account.open.avatar !== undefined) return complete(actor, account, token, account.open.avatar);
  const begun = await client.send('POST', '/v1/profile/avatar', { token, body: announced });
  if (begun.status === 401) return renew(actor, account);
  if (begun.status !== 201) return;
  const upload = begun.body as UploadLink & { readonly uploadId: string };
  if (!(await client.sendFile(upload, picture))) return; // abandoned: the housekeeping's
  await complete(actor, account, token, upload.uploadId);
};

async function complete({ client, journal }: Actor, account: Account, token: string, uploadId: string): Promise<void> {
  const sent = { token, body: { uploadId }, kind: 'avatar' } as const;
  const { status, requestId } = await client.send('POST', '/v1/profile/avatar/complete', sent);
  // Once more after a death, by which somebody may be at it still: then it is let be.
  account.open.avatar = status === 200 || account.open.avatar === uploadId ? undefined : uploadId;
  if (status !== 200) return;
  journal.acknowledged.push({ kind: 'avatar', requestId, userId: account.userId, fileId: uploadId });
}
