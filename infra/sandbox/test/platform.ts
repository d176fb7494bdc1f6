import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { type TestCertificates, testCertificates } from '@bank/testing';
import type { DescService } from '@bufbuild/protobuf';
import { type Client, createClient } from '@connectrpc/connect';
import { createConnectTransport } from '@connectrpc/connect-node';
import { onTestFinished } from 'vitest';
import { createSandbox } from '#sandbox.ts';

export interface RunningPlatform {
  at(path: string): string;
  /** A client of one of the services, under the certificate of that URI. */
  client<S extends DescService>(
    protocol: 'audit' | 'notification' | 'kyc',
    service: S,
    uri: string,
  ): Promise<Client<S>>;
  json(path: string): Promise<Record<string, unknown>>;
}

/** A sandbox with the services of the platform, on free ports, that ends with the test. */
export async function runningPlatform(options: { slowMs?: number; brokerUrl?: string } = {}): Promise<RunningPlatform> {
  const { slowMs = 50, brokerUrl } = options;
  const certificates = await testCertificates();
  for (const name of ['audit', 'notification', 'kyc']) {
    await certificates.issue({ name, uris: [`spiffe://bank/platform/${name}`] });
  }
  const broker = brokerUrl === undefined ? undefined : { url: brokerUrl, caFile: undefined };
  const platform = { tlsFolder: certificates.folder, auditPort: 0, notificationPort: 0, kycPort: 0, broker };
  const sandbox = createSandbox({
    host: '127.0.0.1',
    httpPort: 0,
    smtpPort: 0,
    slowMs,
    platform,
    carriers: {},
  });
  const addresses = await sandbox.start();
  onTestFinished(() => sandbox.stop());
  const at = (path: string) => new URL(path, addresses['inbox']).href;
  return {
    at,
    async client(protocol, service, uri) {
      const nodeOptions = await identityOf(certificates, uri);
      return createClient(
        service,
        createConnectTransport({ baseUrl: addresses[protocol] ?? '', httpVersion: '1.1', nodeOptions }),
      );
    },
    async json(path) {
      return (await (await fetch(at(path))).json()) as Record<string, unknown>;
    },
  };
}

async function identityOf(certificates: TestCertificates, uri: string) {
  const { certFile, keyFile } = await certificates.issue({ name: uri.replace(/\W+/g, '-'), uris: [uri] });
  return { ca: certificates.ca, cert: readFileSync(certFile), key: readFileSync(keyFile) };
}

/** Entries of a shard from position 1 on, chained as a ledger chains them. */
export function chainOf(shard: number, length: number, note = '') {
  const entries: { shard: number; position: bigint; hash: Uint8Array<ArrayBuffer>; body: string }[] = [];
  let previousHash = Buffer.alloc(32).toString('base64url');
  for (let position = 1; position <= length; position += 1) {
    const body = JSON.stringify({ note, position, previousHash, shard });
    const hash = new Uint8Array(createHash('sha256').update(body).digest());
    entries.push({ shard, position: BigInt(position), hash, body });
    previousHash = Buffer.from(hash).toString('base64url');
  }
  return entries;
}
