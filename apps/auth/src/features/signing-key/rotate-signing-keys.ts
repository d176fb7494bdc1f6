import { readerOf, withTransaction } from '@bank/database';
import { allow } from '@bank/domain';
import { importSealed } from '@bank/security';
import type { AppContext, AppTransaction } from '#context.ts';
import { makeSigningKey } from '#features/signing-key/make-signing-key.ts';
import { defaultRotation, planRotation } from '#features/signing-key/policies.ts';

/**
 * Makes the next key when it is due, forgets those whose last token is dead, and reads the ring (SR-58). A new key is public a
 * day before it signs; only the first one signs at once. Safe to run in every replica.
 */
export async function rotateSigningKeys(ctx: AppContext): Promise<void> {
  const plan = planRotation(await readerOf(ctx).signingKeys.all(), ctx.clock.now(), defaultRotation);
  if (plan.create !== undefined || plan.retire.length > 0) {
    const who = allow.system('signing key rotation');
    await withTransaction(ctx, { who, audits: ['auth.key.rotated'] }, carryOut);
  }
  await loadSigningKeys(ctx);
}

/** Reads the keys that are stored into this process. @throws SealBroken when they are of another key-encryption key */
export async function loadSigningKeys(ctx: AppContext): Promise<void> {
  const stored = await readerOf(ctx).signingKeys.all();
  ctx.keyRing.replace(
    stored.map(({ kid, signsFrom, sealedPrivate, publicJwk: jwk }) => ({
      kid,
      signsFrom,
      privateKey: importSealed(kid, sealedPrivate, ctx.keys.keyEncryption),
      publicJwk: jwk,
    })),
  );
}

async function carryOut(tx: AppTransaction): Promise<void> {
  await tx.signingKeys.lockForRotation();
  const keys = await tx.signingKeys.all();
  const now = tx.clock.now();
  // Decided again under the lock: another replica may have been faster.
  const { create, retire } = planRotation(keys, now, defaultRotation);
  await tx.signingKeys.remove(retire);
  for (const kid of retire) {
    await tx.audit({ action: 'auth.key.rotated', subject: kid, outcome: 'success', reason: 'retired' });
  }
  if (create !== undefined) await makeSigningKey(tx, keys, create);
}
