import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createLogger, createMetrics, startErrorTracking } from '@bank/observability';
import { type TestCertificates, testCertificates } from '@bank/testing';
import { composeService, type Service, type ServiceOptions, type TlsFiles } from '#index.ts';
import { mapIdempotency, mapRateLimits } from './stores.ts';

interface LogSink {
  write(line: string): void;
}

export interface LogLines extends LogSink {
  readonly lines: Record<string, unknown>[];
}

export function logLines(): LogLines {
  const lines: Record<string, unknown>[] = [];
  return { lines, write: (line) => void lines.push(JSON.parse(line)) };
}

export interface TestTls {
  readonly certificates: TestCertificates;
  readonly server: TlsFiles;
  readonly callersFile: string;
  /** A client identity signed by the same authority. */
  identity(name: string, options?: { uri?: string; notAfter?: Date }): Promise<TlsFiles>;
}

/** An authority, the server's certificate and a caller table. */
export async function testTls(callers: object = {}): Promise<TestTls> {
  const certificates = await testCertificates();
  const identity: TestTls['identity'] = async (name, { notAfter, uri = `spiffe://bank/app/${name}` } = {}) => {
    const leaf = await certificates.issue({ name, uris: [uri], ...(notAfter === undefined ? {} : { notAfter }) });
    return { caFile: certificates.caFile, certFile: leaf.certFile, keyFile: leaf.keyFile };
  };
  const callersFile = join(certificates.folder, 'callers.json');
  writeFileSync(callersFile, JSON.stringify(callers));
  return { certificates, callersFile, identity, server: await identity('server') };
}

type Changes<C> = Partial<ServiceOptions<C>> &
  Pick<ServiceOptions<C>, 'context'> & {
    readonly log?: LogSink;
    readonly httpPort?: number;
    readonly addressMultiplier?: number;
  };

/** A service on free ports of loopback with the given parts, and everything else empty. Not started. */
export async function testService<C>(changes: Changes<C>, tls?: TestTls): Promise<Service> {
  const { callersFile, server } = tls ?? (await testTls());
  const { addressMultiplier = 1, httpPort = 0, log, ...rest } = changes;
  return composeService<C>({
    name: 'test',
    config: {
      NODE_ENV: 'test',
      HTTP_HOST: '127.0.0.1',
      HTTP_PORT: httpPort,
      RPC_HOST: '127.0.0.1',
      RPC_PORT: 0,
      TLS_CA_FILE: server.caFile,
      TLS_CERT_FILE: server.certFile,
      TLS_KEY_FILE: server.keyFile,
      RPC_CALLERS_FILE: callersFile,
      TRUSTED_PROXIES: ['127.0.0.1'],
      RATE_LIMIT_IP_MULTIPLIER: addressMultiplier,
      SHUTDOWN_DELAY_MS: 0,
    },
    routes: [],
    rpc: [],
    dependencies: {},
    workers: [],
    rateLimits: mapRateLimits(),
    idempotency: mapIdempotency(),
    logger: createLogger(log === undefined ? quiet : { service: 'test', level: 'debug', destination: log }),
    metrics: createMetrics({ service: 'test' }),
    errors: await startErrorTracking({ environment: 'test', release: 'test', service: 'test' }),
    timings: { inFlightMs: 2000 },
    close: async () => undefined,
    ...rest,
  });
}

const quiet = { service: 'test', level: 'silent' } as const;
