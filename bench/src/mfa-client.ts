import { MfaService } from '@bank/proto/mfa';
import { createRpcClient, type TlsFiles } from '@bank/service-kit';
import type { Bench } from '#bench.ts';

/** Calls mfa as auth, which alone may ask for factors; the certificate of the other side is looked at as there. */
export function mfaClient({ stack }: Bench) {
  const env = stack.environments.auth;
  const tls: TlsFiles = {
    caFile: env['TLS_CA_FILE'] ?? '',
    certFile: env['TLS_CERT_FILE'] ?? '',
    keyFile: env['TLS_KEY_FILE'] ?? '',
  };
  const baseUrl = stack.addresses.apps.mfa.rpc;
  return createRpcClient(MfaService, { baseUrl, tls, serverUri: 'spiffe://bank/app/mfa' });
}
