import type { BaseConfig, TlsFiles } from '@bank/service-kit';

/** The app's own certificate, for calling others. */
export function tlsFilesOf(config: Pick<BaseConfig, 'TLS_CA_FILE' | 'TLS_CERT_FILE' | 'TLS_KEY_FILE'>): TlsFiles {
  return { caFile: config.TLS_CA_FILE, certFile: config.TLS_CERT_FILE, keyFile: config.TLS_KEY_FILE };
}
