import { readerOf, withTransaction } from '@bank/database';
import { allow, parse } from '@bank/domain';
import type { AppContext, AppTransaction } from '#context.ts';
import { indexAddress } from '#features/address/index-address.ts';
import type { Caller } from '#features/caller.ts';
import { codeAttemptsMax, countingDay, proofKindFor } from '#features/registration/policies.ts';
import { makeProof } from '#features/registration/proof.ts';
import { ResendRegistrationSchema } from '#features/registration/schemas.ts';
import { mayWriteTo, writeToAddress } from '#features/registration/write-to-address.ts';
import { openContact } from '#features/user/contact.ts';
import type { Registration } from '#storage/registrations/registration.repository.ts';

/**
 * Sends a new code and ends the older one; the wrong tries stay counted (SR-25, SR-26). Answers alike whether or not the
 * registration exists, is closed, or its address has an owner by now (SR-15). @throws request.invalid
 */
export async function resendRegistration(ctx: AppContext, input: unknown, caller: Caller): Promise<void> {
  const who = allow.anyone(caller.actor);
  const { registrationId } = parse(ResendRegistrationSchema, input);
  const found = await readerOf(ctx).registrations.find(registrationId, ctx.clock.now());
  if (found === undefined || found.attempts >= codeAttemptsMax) return;
  if (!(await mayWriteTo(ctx, found.addressHash))) return;
  await withTransaction(ctx, { who, audits: ['auth.registration.resent'] }, async (tx) => {
    await sendAgain(tx, found);
    await tx.audit({ action: 'auth.registration.resent', subject: registrationId, outcome: 'success' });
  });
}

async function sendAgain(tx: AppTransaction, registration: Registration): Promise<void> {
  const contact = await openContact(tx, { table: 'registrations', userId: registration.userId }, registration.contact);
  const ownerId = await tx.identifiers.ownerOf('email', indexAddress(tx, { kind: 'email', value: contact.email }));
  const failures = await tx.registrations.failuresOn(registration.addressHash, countingDay(tx.clock.now()));
  const proof = makeProof(tx, registration.id, proofKindFor(failures));
  await tx.registrations.replaceProof(registration.id, proof);
  await writeToAddress(tx, {
    registrationId: registration.id,
    email: contact.email,
    ownerId,
    proof,
    locale: registration.locale ?? undefined,
  });
}
