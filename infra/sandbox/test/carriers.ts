import { generateKeyPairSync } from 'node:crypto';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import { text } from 'node:stream/consumers';
import { onTestFinished } from 'vitest';

/** The accounts that the sandboxes of tests know. */
export const carriers = {
  twilio: {
    accountSid: `AC${'1'.repeat(32)}`,
    apiKeySid: `SK${'2'.repeat(32)}`,
    apiKeySecret: 'the secret of the key',
    authToken: 'the auth token',
  },
  sendgrid: {
    apiKey: 'SG.key',
    webhookKey: generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey,
    webhookUrl: '',
  },
};

interface Call {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** Somebody who is called back, and what he was told. */
export async function listener(statusOf: (count: number) => number = () => 204) {
  const calls: Call[] = [];
  const server = createServer(async (request, response) => {
    calls.push({ path: request.url ?? '', headers: request.headers, body: await text(request) });
    response.writeHead(statusOf(calls.length)).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(
    () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  );
  const bound = server.address();
  return { url: `http://127.0.0.1:${typeof bound === 'object' && bound !== null ? bound.port : 0}`, calls };
}
