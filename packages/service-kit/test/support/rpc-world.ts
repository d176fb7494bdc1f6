import { readFileSync } from 'node:fs';
import { audiences } from '@bank/domain';
import { ErrorInfoSchema } from '@bank/proto/errors';
import { type Client, ConnectError, createClient } from '@connectrpc/connect';
import { createConnectTransport } from '@connectrpc/connect-node';
import type { Service, ServiceTimings, TlsFiles } from '#index.ts';
import { type ProbeContext, probeRpc } from './probe-rpc.ts';
import { ProbeService, probeMethods } from './probe-service.ts';
import { type LogLines, logLines, type TestTls, testService, testTls } from './service.ts';
import { type Tokens, testProofs, testTokens } from './tokens.ts';

/** Who may call the probe: everything for two of them, one method for the third. */
export const callers = {
  'spiffe://bank/app/profile': { name: 'profile', methods: probeMethods, audiences: [audiences.customers] },
  'spiffe://bank/app/admin': { name: 'admin', methods: probeMethods, audiences: [audiences.staff] },
  'spiffe://bank/app/mfa': { name: 'mfa', methods: probeMethods.slice(0, 1) },
};

export interface RpcWorld {
  readonly service: Service;
  readonly context: ProbeContext;
  readonly tokens: Tokens;
  readonly log: LogLines;
  readonly tls: TestTls;
  /** The identity of a listed caller. */
  readonly profile: TlsFiles;
  readonly baseUrl: string;
  setDown(isDown: boolean): void;
  client(identity: TlsFiles, httpVersion?: '1.1' | '2'): Client<ProbeService>;
}

/** A running service with the probe on its private port; calls without a deadline have 300 ms. */
export async function rpcWorld(changes: Partial<ServiceTimings> = {}): Promise<RpcWorld> {
  const context: ProbeContext = { calls: 0, failures: [] };
  const tokens = testTokens();
  const log = logLines();
  const tls = await testTls(callers);
  let down = false;
  const ping = () => (down ? Promise.reject(new Error('down')) : Promise.resolve());
  const timings = { inFlightMs: 500, rpcDeadlineMs: 300, ...changes };
  const parts = {
    context,
    log,
    rpc: [probeRpc],
    verifier: tokens.verifier,
    proofs: testProofs(),
    dependencies: { store: { ping } },
    timings,
  };
  const service = await testService<ProbeContext>(parts, tls);
  await service.start();
  const baseUrl = `https://localhost:${service.rpcPort}`;
  return {
    ...{ service, context, tokens, log, tls, baseUrl },
    profile: await tls.identity('profile'),
    setDown: (isDown) => {
      down = isDown;
    },
    client: (identity, httpVersion = '1.1') =>
      createClient(ProbeService, createConnectTransport({ baseUrl, httpVersion, nodeOptions: pem(identity) })),
  };
}

/** The contents of an identity's files, as Node's TLS functions want them. */
export function pem({ caFile, certFile, keyFile }: TlsFiles) {
  return { ca: readFileSync(caFile), cert: readFileSync(certFile), key: readFileSync(keyFile) };
}

/** The error of a call that must fail. */
export async function failureOf(work: Promise<unknown>): Promise<ConnectError> {
  return work.then(
    () => Promise.reject(new Error('it did not fail')),
    (error: unknown) => ConnectError.from(error),
  );
}

/** The code of ours that a call's error carries. */
export function codeOf(error: ConnectError): string | undefined {
  return error.findDetails(ErrorInfoSchema)[0]?.code;
}
