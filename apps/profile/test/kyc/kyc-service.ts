import { once } from 'node:events';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { KycService, type SubmitVerificationRequest, type VerificationOutcome } from '@bank/proto/kyc';
import type { TestCertificates } from '@bank/testing';
import { Code, ConnectError } from '@connectrpc/connect';
import { connectNodeAdapter } from '@connectrpc/connect-node';
import { afterAll } from 'vitest';

/** The platform's KYC service, as far as these tests need it. */
export interface TestKycService {
  readonly url: string;
  readonly taken: (SubmitVerificationRequest & { verificationId: string })[];
  /** What it answers about a verification. */
  readonly outcomes: Map<string, VerificationOutcome>;
  /** Refuses everything with this code; undefined takes it again. */
  refusal: Code | undefined;
}

/** Starts it on a free port, under a certificate of its own. */
export async function startKycService(certificates: TestCertificates): Promise<TestKycService> {
  const leaf = await certificates.issue({ name: 'kyc-service', uris: ['spiffe://bank/platform/kyc'] });
  const service: { -readonly [K in keyof TestKycService]: TestKycService[K] } = {
    url: '',
    taken: [],
    outcomes: new Map(),
    refusal: undefined,
  };
  const answer = connectNodeAdapter({
    readMaxBytes: 32 << 20,
    routes: (router) =>
      router.service(KycService, {
        submitVerification(request) {
          if (service.refusal !== undefined) throw new ConnectError('as the test wants it', service.refusal);
          const known = service.taken.find(({ submissionId }) => submissionId === request.submissionId);
          const verificationId = known?.verificationId ?? `verification-${request.submissionId}`;
          service.taken.push({ ...request, verificationId });
          return { verificationId };
        },
        getVerification({ verificationId }) {
          if (service.refusal !== undefined) throw new ConnectError('as the test wants it', service.refusal);
          const outcome = service.outcomes.get(verificationId);
          if (outcome === undefined) throw new ConnectError('no such verification', Code.NotFound);
          return { verificationId, outcome, reasons: [] };
        },
      }),
  });
  const tls = { cert: leaf.cert, key: leaf.key, ca: certificates.ca, requestCert: true, rejectUnauthorized: true };
  const server = createServer(tls, answer).listen(0, '127.0.0.1');
  await once(server, 'listening');
  service.url = `https://localhost:${(server.address() as AddressInfo).port}`;
  afterAll(() => {
    server.closeAllConnections();
    server.close();
  });
  return service;
}
