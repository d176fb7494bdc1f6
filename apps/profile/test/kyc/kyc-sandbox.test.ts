import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { type TestSandbox, testCertificates, testSandbox, until } from '@bank/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { caseOf, eventsOf, givenSubmitted, kycApp, metricsOf, send, upload } from './kyc-app.ts';

// Everything is the real thing here: the worker of the running app, and the platform's service over its protocol and the broker.
const certificates = await testCertificates();
const kycPort = await freePort();
const { app } = await kycApp({ KYC_RPC_URL: `https://localhost:${kycPort}` }, certificates);
let sandbox: TestSandbox;

beforeAll(async () => {
  sandbox = await testSandbox({
    certificates,
    rabbitmqUrl: app.broker.url,
    slowMs: 300,
    env: { SANDBOX_KYC_PORT: String(kycPort) },
  });
}, 30_000);
afterAll(() => sandbox?.stop());

async function freePort(): Promise<number> {
  const server = createServer().listen(0, 'localhost');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

const reached = (caseId: string, ...statuses: string[]) =>
  until(async () => statuses.includes(String((await caseOf(app, caseId))?.['status'])), { everyMs: 50 });

describe('a case handed in goes all the way by itself', () => {
  test.concurrent.each([
    ['C01X00T47', 'approved'],
    ['REJECT-1', 'rejected'],
    ['MORE-1', 'more_information'],
    ['SLOW-1', 'approved'],
    ['TWICE-1', 'approved'],
    ['MUTE-1', 'approved'],
    ['NEVER-1', 'in_review'],
    ['INVALID-1', 'in_review'],
  ])('a document %s ends as %s', async (number, status) => {
    const { userId, caseId } = await givenSubmitted(app, number);
    await reached(caseId, status);
    const told = (await eventsOf(app, userId)).map((event) => event['status']);
    expect(told.filter((one) => one === status)).toHaveLength(1);
  });

  test('a service that is away loses nothing: the user sees submitted', async () => {
    const { caseId, ...customer } = await givenSubmitted(app, 'DOWN-1');
    await until(async () => {
      const rows = await app.database.query(
        'select 1 from profile.kyc_submissions where case_id = $1 and failure is not null',
        [caseId],
      );
      return rows.length === 1;
    });
    expect((await send(app, customer, 'GET', '')).body).toMatchObject({ status: 'submitted', tier: 0 });
    expect(await metricsOf(app)).toMatch(/^kyc_submissions_waiting\{.*\} [1-9]/m);
  });

  test('an old result that comes late changes nothing of the next attempt', async () => {
    const { userId, caseId, ...customer } = await givenSubmitted(app, 'LATE-1');
    await reached(caseId, 'more_information');
    await upload(app, { userId, ...customer }, 'passport', { number: 'LATE-1' });
    await send(app, customer, 'POST', '/submissions', { tier: 1 });
    await reached(caseId, 'approved');
    await until(async () => (await app.broker.depth('profile.kyc')) === 0);
    expect(await caseOf(app, caseId)).toMatchObject({ status: 'approved', attempt: 2 });
  });
});
