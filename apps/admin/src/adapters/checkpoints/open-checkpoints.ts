import { readFileSync } from 'node:fs';
import {
  type CheckpointFile,
  CheckpointKeyInvalid,
  type CheckpointSigningKey,
  openCheckpointFile,
  readSigningKey,
  readTrustedKeys,
  type TrustedKeys,
} from '@bank/ledger';

/** What signed checkpoints need from outside of the database. */
export interface Checkpoints {
  readonly signingKey: CheckpointSigningKey;
  readonly trustedKeys: TrustedKeys;
  readonly file: CheckpointFile;
}

export interface CheckpointsConfig {
  readonly CHECKPOINT_KEY_FILE: string;
  readonly CHECKPOINT_TRUSTED_KEYS_FILE: string;
  readonly CHECKPOINT_DIR: string;
}

/** Reads the keys and opens the folder of the checkpoints. @throws CheckpointKeyInvalid */
export function openCheckpoints(config: CheckpointsConfig): Checkpoints {
  const signingKey = readSigningKey(readFileSync(config.CHECKPOINT_KEY_FILE, 'utf8'));
  const trustedKeys = readTrustedKeys(readFileSync(config.CHECKPOINT_TRUSTED_KEYS_FILE, 'utf8'));
  if (!trustedKeys.has(signingKey.keyId)) {
    throw new CheckpointKeyInvalid('CHECKPOINT_TRUSTED_KEYS_FILE lacks the public half of CHECKPOINT_KEY_FILE');
  }
  return { signingKey, trustedKeys, file: openCheckpointFile(config.CHECKPOINT_DIR, trustedKeys) };
}
