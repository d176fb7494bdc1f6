import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { request, type TestApp } from '@bank/composition/testing';
import sharp from 'sharp';
import type { AppContext } from '#context.ts';

/** The answer to a begun upload. */
export interface Begun {
  readonly uploadId: string;
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly fields: Readonly<Record<string, string>> | null;
  readonly expiresIn: number;
}

/** What a client says of a file before it sends it. */
export function announce(file: Uint8Array, contentType: string) {
  return { contentType, sizeBytes: file.length, sha256: createHash('sha256').update(file).digest('hex') };
}

/** An image of one colour, with what is asked for hidden in it. */
export function jpeg({ side = 64, hidden }: { side?: number; hidden?: string } = {}): Promise<Buffer> {
  const image = sharp({ create: { width: side, height: side, channels: 3, background: '#c04020' } });
  return (hidden === undefined ? image : image.withExif({ IFD0: { Copyright: hidden } })).jpeg().toBuffer();
}

/** A PNG whose header says that it is that large, and which has nothing of it. */
export async function pngOf(width: number, height: number): Promise<Buffer> {
  const file = await sharp({ create: { width: 1, height: 1, channels: 3, background: '#000' } })
    .png()
    .toBuffer();
  file.writeUInt32BE(width, 16);
  file.writeUInt32BE(height, 20);
  file.writeUInt32BE(crc32(file.subarray(12, 29)), 29);
  return file;
}

/** Sends a file as the answer to its announcement says, to the app itself. */
export async function send(app: TestApp<AppContext>, begun: Begun, file: Uint8Array): Promise<number> {
  const { pathname, search } = new URL(begun.url);
  const answer = await app.service.fetch(
    new Request(new URL(pathname + search, 'http://app.test'), {
      method: begun.method,
      headers: begun.headers,
      body: new Uint8Array(file),
    }),
  );
  await answer.arrayBuffer();
  return answer.status;
}

/** Reads what a link leads to. */
export async function follow(app: TestApp<AppContext>, link: string, accept = '*/*'): Promise<Response> {
  const { pathname, search } = new URL(link);
  return await app.service.fetch(new Request(new URL(pathname + search, 'http://app.test'), { headers: { accept } }));
}

/** Announces an avatar and sends it. */
export async function sendAvatar(app: TestApp<AppContext>, token: string, file: Uint8Array, type = 'image/jpeg') {
  const answer = await request(app.service, 'POST', '/v1/profile/avatar', { token, body: announce(file, type) });
  if (answer.status !== 201) throw new Error(`the upload was answered with ${answer.status}`);
  const begun = answer.body as Begun;
  const status = await send(app, begun, file);
  if (status !== 204) throw new Error(`the file was answered with ${status}`);
  return begun;
}

export function completeAvatar(app: TestApp<AppContext>, token: string, uploadId: string) {
  return request(app.service, 'POST', '/v1/profile/avatar/complete', { token, body: { uploadId } });
}

/** A user's picture, from the announcement to the end; its id. */
export async function givenAvatar(app: TestApp<AppContext>, token: string): Promise<string> {
  const { uploadId } = await sendAvatar(app, token, await jpeg());
  const { body, status } = await completeAvatar(app, token, uploadId);
  if (status !== 200) throw new Error(`the picture was answered with ${status}`);
  return (body as { fileId: string }).fileId;
}
