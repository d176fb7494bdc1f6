import assert from 'node:assert/strict';
import { announcementOf, noisePicture } from '@bank/test-bed';
import { expectStatus, type GatewayClient } from '#client.ts';

/** The answer to a begun upload. */
interface BegunUpload {
  readonly uploadId: string;
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly fields: Readonly<Record<string, string>> | null;
}

/** Whoever is signed in, and where. */
interface SignedIn {
  readonly client: GatewayClient;
  readonly token: string;
}

const picture = noisePicture(300);

/** Sends a picture by its link and makes it the user's own. Gives the link to read it. @throws AssertionError naming the step */
export async function sendAvatar({
  client,
  token,
}: SignedIn): Promise<{ readonly url: string; readonly upload: BegunUpload }> {
  const begun = await client.send('POST', '/v1/profile/avatar', { token, body: announcementOf(picture) });
  const upload = expectStatus<BegunUpload>(begun, 201);
  await sendUpload(upload, picture);
  const body = { uploadId: upload.uploadId };
  const completed = await client.send('POST', '/v1/profile/avatar/complete', { token, body });
  return { ...expectStatus<{ url: string }>(completed, 200), upload };
}

/** The same with a side of a document, of which this is the picture; its id. @throws AssertionError naming the step */
export async function sendDocument({ client, token }: SignedIn, document: object, file = picture): Promise<string> {
  const body = { country: 'DE', ...document, ...announcementOf(file) };
  const begun = await client.send('POST', '/v1/kyc/documents', { token, body });
  const { documentId, upload } = expectStatus<{ documentId: string; upload: BegunUpload }>(begun, 201);
  await sendUpload(upload, file);
  expectStatus(await client.send('POST', `/v1/kyc/documents/${documentId}/complete`, { token }), 200);
  return documentId;
}

/** A passport that the sandbox has nothing against. */
export const passport = { kind: 'passport', number: 'C01X00T47', expiresOn: '2041-05-01' };

/** As the link of an upload says: the file as the body, or as the last part of a form. */
async function sendUpload({ method, url, headers, fields }: BegunUpload, file: Buffer<ArrayBuffer>): Promise<void> {
  const { 'content-length': _set, ...given } = headers;
  const sent = await fetch(
    url,
    fields === null ? { method, headers: given, body: file } : { method, body: formOf(fields, file) },
  );
  assert(sent.ok, `an upload was answered ${sent.status}`);
}

function formOf(fields: Readonly<Record<string, string>>, file: Buffer<ArrayBuffer>): FormData {
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) form.append(name, value);
  form.append('file', new Blob([file]), 'file');
  return form;
}
