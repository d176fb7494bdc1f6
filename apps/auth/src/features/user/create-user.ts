import type { Role, UserId } from '@bank/domain';
import type { AppTransaction } from '#context.ts';
import { indexAddress } from '#features/address/index-address.ts';
import { type ContactTable, openContact, sealContact } from '#features/user/contact.ts';
import type { User } from '#storage/users/user.repository.ts';

/** Somebody who has proven an address, and what they become. */
export interface ProvenPerson {
  userId: UserId;
  roles: readonly Role[];
  contact: { table: ContactTable; sealed: Uint8Array };
  passwordHash: string;
  locale: string | null;
  acceptedTerms: string | null;
}

/**
 * Makes a user of a proven registration or a used invitation, within the caller's transaction. Undefined, with nothing
 * written, when the address has an owner by now: its unique index decides, not a look before.
 */
export async function createUser(tx: AppTransaction, person: ProvenPerson): Promise<User | undefined> {
  const { userId, roles, locale, acceptedTerms, passwordHash } = person;
  const now = tx.clock.now();
  const contact = await openContact(tx, { table: person.contact.table, userId }, person.contact.sealed);
  const digests = indexAddress(tx, { kind: 'email', value: contact.email });
  if (!(await tx.identifiers.claim({ kind: 'email', userId, digests, at: now }))) return undefined;
  const user = await tx.users.insert({
    ...{ id: userId, status: 'active', roles, locale, acceptedTerms },
    contact: await sealContact(tx, { table: 'users', userId }, contact),
    emailVerifiedAt: now,
    at: now,
  });
  await tx.users.insertCredential({ userId, passwordHash, at: now });
  return user;
}
