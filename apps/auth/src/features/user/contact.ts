import type { Email, PhoneNumber, UserId } from '@bank/domain';
import { EmailSchema, PhoneNumberSchema } from '@bank/domain';
import * as v from 'valibot';
import type { ReadContext } from '#context.ts';

const ContactSchema = v.object({ email: EmailSchema, phone: v.nullable(PhoneNumberSchema) });

/** A user's addresses, as given. Whether each is proven the user's row says. */
export interface Contact {
  email: Email;
  phone: PhoneNumber | null;
}

/** Where a contact record lies: it opens nowhere else. A registration's or an invitation's is under the keys of the user it would become. */
export type ContactTable = 'registrations' | 'activations' | 'users';

const placeOf = (table: ContactTable, userId: UserId) =>
  ({ userId, table, group: 'contact', keyClass: 'erasable' }) as const;

/** Seals addresses for a row of this table. */
export function sealContact(
  ctx: ReadContext,
  owner: { table: ContactTable; userId: UserId },
  contact: Contact,
): Promise<Uint8Array> {
  return ctx.vault.seal(ctx.em, placeOf(owner.table, owner.userId), { ...contact });
}

/** Opens the addresses of a row of this table. @throws SealBroken */
export async function openContact(
  ctx: ReadContext,
  owner: { table: ContactTable; userId: UserId },
  sealed: Uint8Array,
): Promise<Contact> {
  return v.parse(ContactSchema, await ctx.vault.open(ctx.em, placeOf(owner.table, owner.userId), sealed));
}
