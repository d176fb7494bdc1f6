import { withTransaction } from '@bank/database';
import { allow, type Email, type UserId } from '@bank/domain';
import type { PasswordHasher } from '@bank/security';
import { hashAddress } from '#features/address/index-address.ts';
import { makeProof } from '#features/registration/proof.ts';
import { sealContact } from '#features/user/contact.ts';
import type { TestAuth } from './auth.ts';

const access = { who: allow.anyone({ kind: 'anonymous' }), audits: ['auth.registration.started'] } as const;
const hashes = new WeakMap<PasswordHasher, Promise<string>>();

/**
 * A registration as its route leaves it, without what a test pays for with every user: the checks, a hash of the same
 * password again and a mail that nobody reads. Gives what it is verified with.
 */
export async function begunRegistration(auth: TestAuth, email: Email, password: string) {
  const { ctx } = auth;
  const registrationId = ctx.ids.next();
  const userId = ctx.ids.next() as UserId;
  const now = ctx.clock.now();
  const proof = makeProof(ctx, registrationId, 'code');
  const passwordHash = await hashOf(password, ctx.hasher);
  await withTransaction(ctx, access, async (tx) => {
    await ctx.vault.createKeys(tx.em, userId);
    await tx.registrations.insert({
      ...{ id: registrationId, userId, passwordHash, locale: null, createdAt: now, expiresAt: proof.expiresAt },
      ...{ codeHash: proof.codeHash, linkDigest: proof.linkDigest, codeExpiresAt: proof.expiresAt },
      contact: await sealContact(tx, { table: 'registrations', userId }, { email, phone: null }),
      addressHash: hashAddress(ctx, { kind: 'email', value: email }),
      acceptedTerms: ctx.config.TERMS_VERSION,
    });
    await tx.audit({ action: 'auth.registration.started', subject: registrationId, outcome: 'success' });
  });
  return { registrationId, code: proof.plain };
}

function hashOf(password: string, hasher: PasswordHasher): Promise<string> {
  const known = hashes.get(hasher) ?? hasher.hash(password);
  hashes.set(hasher, known);
  return known;
}
