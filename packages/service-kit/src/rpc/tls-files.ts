import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createSecureContext } from 'node:tls';

/** A certificate, its key, and the authority that must have signed the other side's. PEM files. */
export interface TlsFiles {
  readonly caFile: string;
  readonly certFile: string;
  readonly keyFile: string;
}

export interface TlsMaterial {
  readonly ca: string;
  readonly cert: string;
  readonly key: string;
  readonly minVersion: 'TLSv1.3';
}

/** Reads the three files. @throws Error when one is missing or the key does not belong to the certificate */
export function readTls({ caFile, certFile, keyFile }: TlsFiles): TlsMaterial {
  const material: TlsMaterial = {
    ca: readFileSync(caFile, 'utf8'),
    cert: readFileSync(certFile, 'utf8'),
    key: readFileSync(keyFile, 'utf8'),
    minVersion: 'TLSv1.3',
  };
  createSecureContext(material);
  return material;
}

/** When the certificate expires, in epoch milliseconds: the first of a file with a chain. */
export function expiryOf({ cert }: TlsMaterial): number {
  return new X509Certificate(cert).validToDate.getTime();
}

/** All files of a TLS identity, for watching. */
export function filesOf({ caFile, certFile, keyFile }: TlsFiles): readonly string[] {
  return [caFile, certFile, keyFile];
}
