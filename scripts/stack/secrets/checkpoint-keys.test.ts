import { readFileSync, statSync } from 'node:fs';
import { readSigningKey, readTrustedKeys } from '@bank/ledger';
import { temporaryFolder } from '@bank/testing';
import { expect, it } from 'vitest';
import { checkpointKeyFiles, ensureCheckpointKeys } from '#stack/secrets/checkpoint-keys.ts';

it('makes a key whose public half is trusted, for its owner alone, and keeps it', () => {
  const folder = temporaryFolder('secrets');
  ensureCheckpointKeys(folder);
  const { keyFile, trustedKeysFile } = checkpointKeyFiles(folder);
  const { keyId } = readSigningKey(readFileSync(keyFile, 'utf8'));
  expect([...readTrustedKeys(readFileSync(trustedKeysFile, 'utf8')).keys()]).toEqual([keyId]);
  expect(statSync(keyFile).mode & 0o777).toBe(0o600);
  ensureCheckpointKeys(folder);
  expect(readSigningKey(readFileSync(keyFile, 'utf8')).keyId).toBe(keyId);
});
