import { readFileSync } from 'node:fs';
import { createRpcClient } from '@bank/service-kit';
import type { DescService } from '@bufbuild/protobuf';
import type { Transport } from '@connectrpc/connect';
import { createConnectTransport } from '@connectrpc/connect-node';
import type { TestAuth } from './auth.ts';

/** A caller table in which these apps may call these methods. */
export function callerTable(
  callers: Record<string, { methods: string[]; audiences?: string[]; fields?: Record<string, string[]> }>,
): object {
  return Object.fromEntries(
    Object.entries(callers).map(([name, rights]) => [`spiffe://bank/app/${name}`, { name, ...rights }]),
  );
}

/** A client of the running service with the certificate of an app. */
export async function clientAs<S extends DescService>(auth: TestAuth, app: string, service: S) {
  const { certFile, keyFile } = await auth.files.certificates.issue({ name: app, uris: [`spiffe://bank/app/${app}`] });
  return createRpcClient(service, {
    baseUrl: `https://localhost:${auth.service.rpcPort}`,
    tls: { caFile: auth.files.certificates.caFile, certFile, keyFile },
    serverUri: 'spiffe://bank/app/auth',
    deadlineMs: 5000,
  });
}

/** The bare transport of an app's certificate: it repeats nothing and translates no error. */
export async function transportAs(auth: TestAuth, app: string): Promise<Transport> {
  const { certFile, keyFile } = await auth.files.certificates.issue({ name: app, uris: [`spiffe://bank/app/${app}`] });
  const nodeOptions = {
    ca: readFileSync(auth.files.certificates.caFile),
    cert: readFileSync(certFile),
    key: readFileSync(keyFile),
  };
  return createConnectTransport({
    baseUrl: `https://localhost:${auth.service.rpcPort}`,
    httpVersion: '1.1',
    nodeOptions,
  });
}

/** Call options that forward a person's token. */
export function onBehalfOf(token: string) {
  return { headers: { 'bank-user-token': token } };
}
