import { randomBytes } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestCertificates, testCertificates } from '@bank/testing';

const keyrings = [
  'kek',
  'blind-index',
  'pepper',
  'refresh',
  'limits',
  'cursor',
  'idempotency',
  'delivery',
  'proof-nonce',
];

/** Files that a service is started with: certificates, keyrings and the table of callers. */
export interface Files {
  certificates: TestCertificates;
  env: Record<string, string>;
}

/** Makes the files of one service, in a folder that is removed when the run ends. */
export async function makeFiles(callers: object): Promise<Files> {
  const certificates = await testCertificates();
  const own = await certificates.issue({ name: 'auth', uris: ['spiffe://bank/app/auth'] });
  const keyringDir = join(certificates.folder, 'keyrings');
  mkdirSync(keyringDir);
  for (const name of keyrings) {
    const content = { current: 'k1', keys: { k1: randomBytes(32).toString('base64') } };
    writeFileSync(join(keyringDir, `${name}.json`), JSON.stringify(content));
  }
  const callersFile = join(certificates.folder, 'callers.json');
  writeFileSync(callersFile, JSON.stringify(callers));
  return {
    certificates,
    env: {
      TLS_CA_FILE: certificates.caFile,
      TLS_CERT_FILE: own.certFile,
      TLS_KEY_FILE: own.keyFile,
      KEYRING_DIR: keyringDir,
      RPC_CALLERS_FILE: callersFile,
    },
  };
}
