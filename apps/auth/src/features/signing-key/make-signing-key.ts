import { randomUUID } from 'node:crypto';
import { exportSealed, generateSigningKey, publicJwk } from '@bank/security';
import type { AppTransaction } from '#context.ts';
import { keyRotated } from '#events.ts';
import { signingKeyAt } from '#features/signing-key/policies.ts';
import type { StoredSigningKey } from '#storage/feed/signing-key.repository.ts';

const algorithm = 'ES256';

/** Makes a key that signs from a moment on, and tells of it. The caller holds the rotation's lock and names the keys there are. */
export async function makeSigningKey(
  tx: AppTransaction,
  keys: readonly StoredSigningKey[],
  signsFrom: Date,
): Promise<StoredSigningKey> {
  const kid = randomUUID();
  const pair = generateSigningKey(kid);
  const sealedPrivate = exportSealed(pair, tx.keys.keyEncryption);
  const key = { kid, algorithm, sealedPrivate, publicJwk: publicJwk(pair), createdAt: tx.clock.now(), signsFrom };
  await tx.signingKeys.insert(key);
  await tellOfRotation(tx, keys, key, 'published');
  return key;
}

/** Makes a key that waits sign from another moment on, and tells of it. */
export async function bringForward(
  tx: AppTransaction,
  keys: readonly StoredSigningKey[],
  key: StoredSigningKey,
  signsFrom: Date,
): Promise<StoredSigningKey> {
  await tx.signingKeys.bringForward(key.kid, signsFrom);
  const moved = { ...key, signsFrom };
  await tellOfRotation(tx, keys, moved, 'brought_forward');
  return moved;
}

async function tellOfRotation(
  tx: AppTransaction,
  keys: readonly StoredSigningKey[],
  { kid, signsFrom }: StoredSigningKey,
  reason: 'published' | 'brought_forward',
): Promise<void> {
  const previousKeyId = signingKeyAt(keys, tx.clock.now())?.kid;
  await tx.emit(keyRotated({ keyId: kid, previousKeyId, algorithm, at: signsFrom }));
  const details = { signsFrom: signsFrom.toISOString() };
  await tx.audit({ action: 'auth.key.rotated', subject: kid, outcome: 'success', reason, details });
}
