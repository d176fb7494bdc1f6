import { withTransaction } from '@bank/database';
import { allow, DomainError, type Email, isBlocked, type PhoneNumber, parse, UserIdSchema } from '@bank/domain';
import * as v from 'valibot';
import type { AppContext } from '#context.ts';
import type { Caller } from '#features/caller.ts';
import { openContact } from '#features/user/contact.ts';

const GetContactSchema = v.object({ userId: UserIdSchema });

/** The addresses that messages may be sent to: proven ones only. */
export interface VerifiedContact {
  userId: string;
  email: Email | undefined;
  phone: PhoneNumber | undefined;
  locale: string | undefined;
}

/** A user's proven addresses, for the service that sends messages; every read is told to the ledger. @throws access.forbidden, user.not_found */
export async function getContact(
  ctx: AppContext,
  input: unknown,
  caller: Pick<Caller, 'actor'>,
): Promise<VerifiedContact> {
  const who = allow.service(caller.actor);
  const { userId } = parse(GetContactSchema, input);
  const contact = await withTransaction(ctx, { who, audits: ['user.contact_read'] }, async (tx) => {
    const user = await tx.users.find(userId);
    if (user === undefined || user.contact === null || isBlocked(user.status, 'notice')) return undefined;
    const { email, phone } = await openContact(tx, { table: 'users', userId }, user.contact);
    await tx.audit({ action: 'user.contact_read', subject: userId, outcome: 'success' });
    return {
      userId,
      email: user.emailVerifiedAt === null ? undefined : email,
      phone: user.phoneVerifiedAt === null || phone === null ? undefined : phone,
      locale: user.locale ?? undefined,
    };
  });
  if (contact === undefined) throw new DomainError('user.not_found');
  return contact;
}
