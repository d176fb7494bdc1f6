import { once } from 'node:events';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { DeviceService, RiskVerdict } from '@bank/proto/device';
import { FactorType, MfaService } from '@bank/proto/mfa';
import { testCertificates } from '@bank/testing';
import { connectNodeAdapter } from '@connectrpc/connect-node';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { createFactorDirectory } from '#adapters/factors/factor-directory.ts';
import { createSignInAssessor } from '#adapters/risk/sign-in-assessor.ts';

const certificates = await testCertificates();
const own = await certificates.issue({ name: 'auth', uris: ['spiffe://bank/app/auth'] });
const theirs = await certificates.issue({ name: 'neighbours', uris: ['spiffe://bank/app/neighbours'] });
const tls = { caFile: certificates.caFile, certFile: own.certFile, keyFile: own.keyFile };

/** What the two services answer, and how slowly. */
let answers: { verdict: RiskVerdict; delayMs: number };
let asked: unknown[];

beforeEach(() => {
  answers = { verdict: RiskVerdict.ALLOW, delayMs: 0 };
  asked = [];
});

const server: Server = createServer(
  { cert: theirs.cert, key: theirs.key, ca: certificates.ca, requestCert: true, rejectUnauthorized: true },
  connectNodeAdapter({
    routes(router) {
      router.service(DeviceService, {
        async assessSignIn(request) {
          asked.push(request);
          await pause(answers.delayMs);
          return { assessmentId: request.attemptId, verdict: answers.verdict };
        },
      });
      router.service(MfaService, {
        async listFactors() {
          await pause(answers.delayMs);
          return { factors: [{ factorId: 'f1', type: FactorType.TOTP, label: 'Phone', hint: '' }] };
        },
      });
    },
  }),
).listen(0, '127.0.0.1');
await once(server, 'listening');
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

const baseUrl = `https://localhost:${(server.address() as AddressInfo).port}`;
const nowhere = 'https://localhost:1';
const serverUri = 'spiffe://bank/app/neighbours';
const assessor = createSignInAssessor({ baseUrl, tls, serverUri });
const factors = createFactorDirectory({ baseUrl, tls, serverUri });

const facts = {
  attemptId: '01980000-0000-7000-8000-000000000001',
  userId: '01980000-0000-7000-8000-000000000002',
  knownDeviceId: undefined,
  clientId: 'web',
  clientAddress: '198.51.100.7',
  userAgent: 'x'.repeat(1000),
  platform: 'ios' as const,
  at: new Date('2026-03-01T00:00:00Z'),
};

async function timed<T>(work: Promise<T>): Promise<{ value: T; ms: number }> {
  const startedAt = performance.now();
  const value = await work;
  return { value, ms: performance.now() - startedAt };
}

describe('the assessment of a sign-in', () => {
  it.each([
    [RiskVerdict.ALLOW, 'allow'],
    [RiskVerdict.CHALLENGE, 'challenge'],
    [RiskVerdict.DENY, 'deny'],
    [RiskVerdict.UNSPECIFIED, 'challenge'],
    [99 as RiskVerdict, 'challenge'],
  ])('verdict %i is %s', async (verdict, expected) => {
    answers.verdict = verdict;
    await assessor.assess(facts); // opens the connection, which has its time too
    expect(await assessor.assess(facts)).toBe(expected);
    expect(asked.at(-1)).toMatchObject({
      userAgent: 'x'.repeat(256),
      clientAddress: '198.51.100.7',
      knownDeviceId: '',
    });
  });

  it('is unavailable after 150 ms, and where nobody answers', async () => {
    answers.delayMs = 2000;
    const { value, ms } = await timed(assessor.assess(facts));
    expect(value).toBe('unavailable');
    expect(ms).toBeLessThan(1000);
    expect(await createSignInAssessor({ baseUrl: nowhere, tls, serverUri }).assess(facts)).toBe('unavailable');
  });

  it('is not taken from another service', async () => {
    const impostor = createSignInAssessor({ baseUrl, tls, serverUri: 'spiffe://bank/app/device' });
    expect(await impostor.assess(facts)).toBe('unavailable');
  });
});

describe('the factors of a user', () => {
  it('come with their types', async () => {
    expect(await factors.list(facts.userId)).toEqual([{ id: 'f1', type: 'totp', hint: '' }]);
  });

  it('are unknown after 500 ms, and where nobody answers', async () => {
    answers.delayMs = 2000;
    const { value, ms } = await timed(factors.list(facts.userId));
    expect(value).toBeUndefined();
    expect(ms).toBeLessThan(1500);
    expect(await createFactorDirectory({ baseUrl: nowhere, tls, serverUri }).list(facts.userId)).toBeUndefined();
  });
});
