import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { generateCheckpointKeys } from '@bank/ledger';
import { writePrivately } from '#stack/secrets/secret-store.ts';

/** Where the key that signs checkpoints of the ledger lies, and who may be believed. */
export interface CheckpointKeyFiles {
  /** For admin alone. */
  readonly keyFile: string;
  /** For everybody who verifies. */
  readonly trustedKeysFile: string;
}

/** The files of a stack's checkpoint keys. */
export function checkpointKeyFiles(secretsFolder: string): CheckpointKeyFiles {
  const folder = join(secretsFolder, 'checkpoints');
  return { keyFile: join(folder, 'key.pem'), trustedKeysFile: join(folder, 'trusted-keys.json') };
}

/** Makes the key of the stack's checkpoints, keeping one that exists. */
export function ensureCheckpointKeys(secretsFolder: string): void {
  const { keyFile, trustedKeysFile } = checkpointKeyFiles(secretsFolder);
  if (existsSync(keyFile) && existsSync(trustedKeysFile)) {
    return;
  }
  const { privatePem, trustedKeys } = generateCheckpointKeys();
  mkdirSync(join(secretsFolder, 'checkpoints'), { recursive: true, mode: 0o700 });
  writePrivately(trustedKeysFile, trustedKeys);
  writePrivately(keyFile, privatePem);
}

/** The folder of a stack in which checkpoints of a database are kept, outside of it. */
export function checkpointsFolder(stackFolder: string, database: string): string {
  return join(stackFolder, 'checkpoints', database);
}
