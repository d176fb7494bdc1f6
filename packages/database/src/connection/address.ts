import { readFileSync } from 'node:fs';
import { type ConnectionOptions, checkServerIdentity } from 'node:tls';
import type { Secret } from '@bank/domain';

/** How to reach a database, in the words of the pg driver. */
export interface DatabaseAddress {
  host: string;
  port: number;
  user: string;
  password: string;
  database: string;
  ssl: ConnectionOptions | false;
}

export interface AddressOptions {
  /** `postgres://user:password@host:port/database`, without parameters. */
  readonly url: Secret;
  /** PEM file of the authority that signed the server's certificate. With it the connection is TLS or fails. */
  readonly caFile?: string | undefined;
}

/**
 * Reads a database address. With a CA the certificate must be signed by it and name the host.
 * @throws Error when the URL is not a Postgres address or carries parameters, which could switch verification off
 */
export function readAddress({ url, caFile }: AddressOptions): DatabaseAddress {
  const parsed = URL.canParse(url.reveal()) ? new URL(url.reveal()) : undefined;
  if (parsed === undefined || !/^postgres(ql)?:$/.test(parsed.protocol)) {
    throw new Error('the database address must be postgres://user:password@host:port/database');
  }
  if (parsed.search !== '') {
    throw new Error('the database address must not carry parameters; TLS is configured by the CA file');
  }
  const host = parsed.hostname.replace(/^\[(.*)\]$/, '$1');
  return {
    host,
    port: Number(parsed.port || '5432'),
    user: decodeURIComponent(parsed.username),
    password: decodeURIComponent(parsed.password),
    database: decodeURIComponent(parsed.pathname.slice(1)),
    ssl: caFile === undefined ? false : verifiedTls(host, caFile),
  };
}

function verifiedTls(host: string, caFile: string): ConnectionOptions {
  return {
    ca: readFileSync(caFile),
    minVersion: 'TLSv1.2',
    rejectUnauthorized: true,
    // Node is not told the host when it upgrades a socket to an address, and would compare with "localhost".
    checkServerIdentity: (_name, certificate) => checkServerIdentity(host, certificate),
  };
}
