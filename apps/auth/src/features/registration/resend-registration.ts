import { readerOf, withTransaction } from '@bank/database';
import { allow, EmailSchema, parse, type UserId } from '@bank/domain';
import type { AppContext, AppTransaction } from '#context.ts';
import { hashAddress, indexAddress } from '#features/address/index-address.ts';
import type { Caller } from '#features/caller.ts';
import { codeAttemptsMax, countingDay, proofKindFor } from '#features/registration/policies.ts';
import { makeProof } from '#features/registration/proof.ts';
import { ResendRegistrationSchema } from '#features/registration/schemas.ts';
import {
  mayWriteTo,
  outcomeOf,
  type RegistrationMessage,
  writeToAddress,
} from '#features/registration/write-to-address.ts';
import { openContact } from '#features/user/contact.ts';
import type { Registration } from '#storage/registrations/registration.repository.ts';

/** Nobody's, by RFC 2606 §2. */
const decoyAddress = parse(EmailSchema, 'nobody@mail.invalid');

/**
 * Sends a new code and ends the older one; the wrong tries stay counted (SR-25, SR-26). Answers alike whether or not the
 * registration exists, is closed, or its address has an owner by now (SR-15). @throws request.invalid
 */
export async function resendRegistration(ctx: AppContext, input: unknown, caller: Caller): Promise<void> {
  const who = allow.anyone(caller.actor);
  const { registrationId } = parse(ResendRegistrationSchema, input);
  const found = await readerOf(ctx).registrations.find(registrationId, ctx.clock.now());
  const registration = found ?? decoyOf(ctx, registrationId);
  const { addressHash } = registration;
  const mayWrite = await mayWriteTo(ctx, { addressHash, clientAddress: caller.clientAddress });
  const isUsable = found !== undefined && found.attempts < codeAttemptsMax;
  // A code of which nobody would hear takes the place of no other.
  const renewed = mayWrite ? registration : { ...registration, id: ctx.ids.next() };
  await withTransaction(ctx, { who, audits: ['auth.registration.resent'] }, async (tx) => {
    const message = await renewProof(tx, renewed);
    if (isUsable && mayWrite) await writeToAddress(tx, message);
    const told = isUsable ? outcomeOf(mayWrite) : ({ outcome: 'failure' } as const);
    await tx.audit({ action: 'auth.registration.resent', subject: registrationId, ...told });
  });
}

type Resendable = Pick<Registration, 'id' | 'userId' | 'addressHash' | 'locale'> & { contact: Uint8Array | null };

/** Stands in where there is no registration: every step below is taken for it, and none finds anything. */
function decoyOf(ctx: AppContext, id: string): Resendable {
  const addressHash = hashAddress(ctx, { kind: 'email', value: decoyAddress });
  return { id, userId: id as UserId, addressHash, locale: null, contact: null };
}

async function renewProof(tx: AppTransaction, registration: Resendable): Promise<RegistrationMessage> {
  const { id, userId, addressHash, locale, contact } = registration;
  const email =
    contact === null ? decoyAddress : (await openContact(tx, { table: 'registrations', userId }, contact)).email;
  const ownerId = await tx.identifiers.ownerOf('email', indexAddress(tx, { kind: 'email', value: email }));
  const failures = await tx.registrations.failuresOn(addressHash, countingDay(tx.clock.now()));
  const proof = makeProof(tx, id, proofKindFor(failures));
  await tx.registrations.replaceProof(id, proof);
  return { email, ownerId, proof, locale: locale ?? undefined };
}
