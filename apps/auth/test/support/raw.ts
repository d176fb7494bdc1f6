import { request } from 'node:http';
import type { TestAuth } from './auth.ts';

/** What a request may say of itself and its host, all of it somebody else's. */
export const forgedHeaders: Readonly<Record<string, string>> = {
  host: 'evil.example',
  'x-forwarded-host': 'evil.example',
  'x-forwarded-proto': 'http',
  'x-original-host': 'evil.example',
  forwarded: 'host=evil.example;proto=http',
  origin: 'https://evil.example',
  referer: 'https://evil.example/',
};

/** A POST as it is written down, whatever its line and headers say. */
export function postRaw(
  auth: TestAuth,
  {
    path,
    headers = {},
    token,
  }: { path: string; headers?: Readonly<Record<string, string>>; token?: string | undefined },
  body: object,
): Promise<{ status: number | undefined }> {
  const { hostname, port } = new URL(auth.url);
  const authorization = token === undefined ? {} : { authorization: `Bearer ${token}` };
  const sent = { 'content-type': 'application/json', ...authorization, ...headers };
  return new Promise((resolve, reject) => {
    const message = request({ hostname, port, path, method: 'POST', headers: sent }, (answer) =>
      answer.resume().on('end', () => resolve({ status: answer.statusCode })),
    );
    message.on('error', reject).end(JSON.stringify(body));
  });
}
