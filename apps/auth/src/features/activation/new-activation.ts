import type { Email, Role, UserId } from '@bank/domain';
import type { AppTransaction } from '#context.ts';
import { activationSeconds } from '#features/activation/policies.ts';
import { hashAddress } from '#features/address/index-address.ts';
import { sealContact } from '#features/user/contact.ts';

interface Invited {
  id: string;
  email: Email;
  roles: readonly Role[];
  invitedBy: UserId | null;
  tokenDigest: Uint8Array | null;
}

/**
 * Keeps whom to make a member of staff, within the caller's transaction. It has data keys of its own, as a registration has:
 * one that is never used is forgotten by destroying them. Answers until when it can be used.
 */
export async function keepActivation(tx: AppTransaction, invited: Invited): Promise<Date> {
  const { email, ...others } = invited;
  const createdAt = tx.clock.now();
  const expiresAt = new Date(createdAt.getTime() + activationSeconds * 1000);
  const userId = tx.ids.next() as UserId;
  await tx.vault.createKeys(tx.em, userId);
  const contact = await sealContact(tx, { table: 'activations', userId }, { email, phone: null });
  const addressHash = hashAddress(tx, { kind: 'email', value: email });
  await tx.activations.insert({ ...others, userId, contact, addressHash, createdAt, expiresAt });
  return expiresAt;
}
