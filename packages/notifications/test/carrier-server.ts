import { type HttpAnswer, type HttpCall, type TestHttpServer, testHttpServer } from '@bank/testing';
import { onTestFinished } from 'vitest';

/** A carrier's API of the test's own; without an answer it hangs. It ends with the test. */
export async function carrierServer(answer: (call: HttpCall) => HttpAnswer | undefined): Promise<TestHttpServer> {
  const server = await testHttpServer(answer);
  onTestFinished(server.close);
  return server;
}
