import { withTransaction } from '@bank/database';
import type { UserId } from '@bank/domain';
import { allow, DomainError, parse } from '@bank/domain';
import type { AppContext } from '#context.ts';
import { requireAcceptableAddress } from '#features/address/accept-address.ts';
import { hashAddress, indexAddress } from '#features/address/index-address.ts';
import type { Caller } from '#features/caller.ts';
import { requireAcceptablePassword } from '#features/password/accept-password.ts';
import { codeSeconds, countingDay, proofKindFor, registrationSeconds } from '#features/registration/policies.ts';
import { makeProof } from '#features/registration/proof.ts';
import { StartRegistrationSchema } from '#features/registration/schemas.ts';
import { mayWriteTo, outcomeOf, writeToAddress } from '#features/registration/write-to-address.ts';
import { sealContact } from '#features/user/contact.ts';

export interface StartedRegistration {
  registrationId: string;
  /** Seconds until the code must have been used. */
  expiresIn: number;
}

/**
 * Starts a registration and writes to the address. A taken address gets the same answer after the same work; only its owner
 * learns that somebody tried (SR-15). Nothing is reserved: the first verified registration wins the address.
 * @throws request.invalid, auth.password.unacceptable, auth.email.unacceptable, auth.terms.outdated, service.overloaded
 */
export async function startRegistration(ctx: AppContext, input: unknown, caller: Caller): Promise<StartedRegistration> {
  const who = allow.anyone(caller.actor);
  const request = parse(StartRegistrationSchema, input);
  if (request.acceptedTerms !== ctx.config.TERMS_VERSION) throw new DomainError('auth.terms.outdated');
  const { password, email, phone } = request;
  await requireAcceptablePassword(ctx, { password, email, phone, path: 'password' });
  await requireAcceptableAddress(ctx, email);

  const address = { kind: 'email', value: request.email } as const;
  const addressHash = hashAddress(ctx, address);
  const passwordHash = await ctx.hasher.hashForStranger(request.password);
  const mayWrite = await mayWriteTo(ctx, { addressHash, clientAddress: caller.clientAddress });
  const registrationId = ctx.ids.next();

  await withTransaction(ctx, { who, audits: ['auth.registration.started'] }, async (tx) => {
    const now = ctx.clock.now();
    const userId = ctx.ids.next() as UserId;
    // Side by side, in one round trip.
    const [ownerId, failures] = await Promise.all([
      tx.identifiers.ownerOf('email', indexAddress(ctx, address)),
      tx.registrations.failuresOn(addressHash, countingDay(now)),
      // Data keys of its own: they are removed with an abandoned registration, so that backups forget it.
      ctx.vault.createKeys(tx.em, userId),
    ]);
    const proof = makeProof(ctx, registrationId, proofKindFor(failures));
    const contact = { email: request.email, phone: request.phone ?? null };
    await tx.registrations.insert({
      id: registrationId,
      userId,
      contact: await sealContact(tx, { table: 'registrations', userId }, contact),
      addressHash,
      passwordHash,
      codeHash: proof.codeHash,
      linkDigest: proof.linkDigest,
      locale: request.locale ?? null,
      acceptedTerms: request.acceptedTerms,
      createdAt: now,
      codeExpiresAt: proof.expiresAt,
      expiresAt: new Date(now.getTime() + registrationSeconds * 1000),
    });
    if (mayWrite) {
      await writeToAddress(tx, { email: request.email, ownerId, proof, locale: request.locale });
    }
    await tx.audit({ action: 'auth.registration.started', subject: registrationId, ...outcomeOf(mayWrite) });
  });
  return { registrationId, expiresIn: codeSeconds };
}
