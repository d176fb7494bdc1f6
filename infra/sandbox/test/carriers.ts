import { generateKeyPairSync } from 'node:crypto';
import { type TestHttpServer, testHttpServer } from '@bank/testing';
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

/** Somebody who is called back, and what they were told. */
export async function listener(statusOf: (count: number) => number = () => 204): Promise<TestHttpServer> {
  const server = await testHttpServer((_, count) => ({ status: statusOf(count) }));
  onTestFinished(server.close);
  return server;
}
