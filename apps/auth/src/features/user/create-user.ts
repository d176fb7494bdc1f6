import type { AppTransaction } from '#context.ts';
import { indexAddress } from '#features/address/index-address.ts';
import { openContact, sealContact } from '#features/user/contact.ts';
import type { Registration } from '#storage/registrations/registration.repository.ts';
import type { User } from '#storage/users/user.repository.ts';

/**
 * Turns a proven registration into a user, within the caller's transaction. Undefined, with nothing written, when the address
 * has an owner by now: its unique index decides, not a look before.
 */
export async function createUser(tx: AppTransaction, registration: Registration): Promise<User | undefined> {
  const { userId } = registration;
  const now = tx.clock.now();
  const contact = await openContact(tx, { table: 'registrations', userId }, registration.contact);
  const digests = indexAddress(tx, { kind: 'email', value: contact.email });
  if (!(await tx.identifiers.claim({ kind: 'email', userId, digests, at: now }))) return undefined;
  const user = await tx.users.insert({
    id: userId,
    status: 'active',
    roles: ['customer'],
    contact: await sealContact(tx, { table: 'users', userId }, contact),
    emailVerifiedAt: now,
    locale: registration.locale,
    acceptedTerms: registration.acceptedTerms,
    at: now,
  });
  await tx.users.insertCredential({ userId, passwordHash: registration.passwordHash, at: now });
  return user;
}
