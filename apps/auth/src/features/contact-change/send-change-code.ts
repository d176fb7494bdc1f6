import { messageOf, smsOf } from '@bank/notifications';
import type { AppTransaction } from '#context.ts';
import { type Address, indexAddress } from '#features/address/index-address.ts';
import { codeSeconds } from '#features/contact-change/policies.ts';
import type { User } from '#storage/users/user.repository.ts';

const minutes = codeSeconds / 60;

/**
 * Sends the code of a change to where it is to prove something. A number that somebody else has gets it as well; the owner of
 * a mailbox is told instead that somebody tried. Either way nobody learns who has which address.
 */
export async function sendChangeCode(
  tx: AppTransaction,
  user: Pick<User, 'id' | 'locale'>,
  { address, code, expiresAt }: { address: Address; code: string; expiresAt: Date },
): Promise<void> {
  const locale = user.locale === null ? {} : { locale: user.locale };
  if (address.kind === 'phone') {
    await tx.deliver({ to: { phone: address.value }, expiresAt, ...locale, ...smsOf('phone-code', { code, minutes }) });
    return;
  }
  const ownerId = await tx.identifiers.ownerOf('email', indexAddress(tx, address));
  const common = { channel: 'email', expiresAt } as const;
  if (ownerId === undefined || ownerId === user.id) {
    const message = messageOf('email-code', { code, minutes });
    await tx.deliver({ ...common, ...locale, to: { email: address.value }, ...message });
    return;
  }
  const message = messageOf('email-change-attempted', { at: tx.clock.now() });
  await tx.deliver({ ...common, to: { userId: ownerId }, ...message });
}
