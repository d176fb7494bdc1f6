import { readerOf } from '@bank/database';
import { allow, DomainError, isBlocked, parse, UserIdSchema } from '@bank/domain';
import * as v from 'valibot';
import type { AppContext } from '#context.ts';
import type { Caller } from '#features/caller.ts';
import { textCodesFrom } from '#features/delivery/text-codes-from.ts';
import { openContact } from '#features/user/contact.ts';
import { maskEmail } from '#features/user/mask-email.ts';
import { maskPhone } from '#features/user/mask-phone.ts';

const DescribeContactSchema = v.object({ userId: UserIdSchema });

/** Where codes for a user may go, as hints to who knows the addresses; only what is proven. */
export interface ContactHints {
  email: string | undefined;
  phone: string | undefined;
  /** Until then the number gets no codes that a live session asks for (SR-18, SR-28). */
  phoneCodesFrom: Date | undefined;
}

/** A user's proven addresses, masked, for a listed service. @throws access.forbidden, request.invalid, user.not_found */
export async function describeContact(
  ctx: AppContext,
  input: unknown,
  caller: Pick<Caller, 'actor'>,
): Promise<ContactHints> {
  allow.service(caller.actor);
  const { userId } = parse(DescribeContactSchema, input);
  const reader = readerOf(ctx);
  const user = await reader.users.find(userId);
  if (user === undefined || user.contact === null || isBlocked(user.status, 'notice')) {
    throw new DomainError('user.not_found');
  }
  const { email, phone } = await openContact(reader, { table: 'users', userId }, user.contact);
  const hasPhone = user.phoneVerifiedAt !== null && phone !== null;
  return {
    email: user.emailVerifiedAt === null ? undefined : maskEmail(email),
    phone: hasPhone ? maskPhone(phone) : undefined,
    phoneCodesFrom: hasPhone ? await textCodesFrom(ctx, user, phone) : undefined,
  };
}
