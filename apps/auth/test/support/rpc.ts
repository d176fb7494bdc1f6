import { createRpcClient } from '@bank/service-kit';
import type { DescService } from '@bufbuild/protobuf';
import type { TestAuth } from './auth.ts';

/** A caller table in which these apps may call these methods. */
export function callerTable(callers: Record<string, { methods: string[]; audiences?: string[] }>): object {
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

/** Call options that forward a person's token. */
export function onBehalfOf(token: string) {
  return { headers: { 'bank-user-token': token } };
}
