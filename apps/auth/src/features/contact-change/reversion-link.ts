import { type Email, EmailSchema, type UserId } from '@bank/domain';
import { messageOf } from '@bank/notifications';
import { mintToken } from '@bank/security';
import * as v from 'valibot';
import type { AppTransaction, ReadContext } from '#context.ts';
import { linkBackRefusal, noticeSeconds, revertDays } from '#features/contact-change/policies.ts';
import { openContact } from '#features/user/contact.ts';
import { pageLink } from '#features/user/page-link.ts';
import type { User } from '#storage/users/user.repository.ts';

/** `er_<id>.<secret>`: puts back the address that the mail with it went to, once. */
export const reversionTokenPrefix = 'er';

const placeOf = (userId: UserId) =>
  ({ userId, table: 'email_reversions', group: 'email', keyClass: 'erasable' }) as const;

/** The address that a link puts back. @throws SealBroken */
export async function openReversion(
  ctx: ReadContext,
  { userId, address }: { userId: UserId; address: Uint8Array },
): Promise<Email> {
  return v.parse(EmailSchema, (await ctx.vault.open(ctx.em, placeOf(userId), address))['email']);
}

/**
 * Tells the address that a user has, or had until now, of a change, with a link by which it stays theirs or becomes theirs
 * again where it can (SR-40). An address that was never proven is told nothing: it may be somebody else's.
 */
export async function tellOldAddress(
  tx: AppTransaction,
  user: User,
  template: 'email-change-requested' | 'email-replaced',
): Promise<void> {
  const { id: userId, contact, emailVerifiedAt, locale } = user;
  if (contact === null || emailVerifiedAt === null) return;
  const at = tx.clock.now();
  const { email } = await openContact(tx, { table: 'users', userId }, contact);
  const wayBack = linkBackRefusal(user) === undefined ? await makeLink(tx, user, email) : {};
  await tx.deliver({
    to: { email },
    channel: 'email',
    expiresAt: new Date(at.getTime() + noticeSeconds * 1000),
    ...(locale === null ? {} : { locale }),
    ...messageOf(template, { at, ...wayBack }),
  });
}

async function makeLink(tx: AppTransaction, user: User, email: Email): Promise<{ url: string; days: number }> {
  const { id: userId } = user;
  const id = tx.ids.next();
  const { token, digest } = mintToken(reversionTokenPrefix, id);
  const address = await tx.vault.seal(tx.em, placeOf(userId), { email });
  const expiresAt = new Date(tx.clock.now().getTime() + revertDays * 86_400_000);
  await tx.emailReversions.insert({ id, userId, address, digest, expiresAt });
  return { url: pageLink(tx, user, { path: '/email/revert', token }), days: revertDays };
}
