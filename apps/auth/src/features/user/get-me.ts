import { readerOf } from '@bank/database';
import { allow, DomainError, type Email, type PhoneNumber, requireUser } from '@bank/domain';
import type { AppContext } from '#context.ts';
import type { Caller } from '#features/caller.ts';
import { openContact } from '#features/user/contact.ts';
import { type UserView, viewUser } from '#features/user/view-user.ts';

/** A user as they see themselves. */
export interface OwnView extends UserView {
  email: Email;
  phone: PhoneNumber | null;
  /** From when on the number gets codes; null when it does already, or there is none. */
  phoneCodesFrom: string | null;
}

/** The caller, with their addresses. @throws auth.token.missing, user.not_found */
export async function getMe(ctx: AppContext, caller: Caller): Promise<OwnView> {
  const { userId } = requireUser(caller.actor);
  allow.self(caller.actor, userId);
  const reader = readerOf(ctx);
  const user = await reader.users.find(userId);
  if (user === undefined || user.contact === null) throw new DomainError('user.not_found', { reason: 'erased' });
  const { email, phone } = await openContact(reader, { table: 'users', userId }, user.contact);
  const { phoneCodesFrom: from } = user;
  const phoneCodesFrom = from !== null && from > ctx.clock.now() ? from.toISOString() : null;
  return { ...viewUser(user), email, phone, phoneCodesFrom };
}
