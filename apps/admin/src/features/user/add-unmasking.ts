import type { UserActor } from '@bank/domain';
import type { AppTransaction } from '#context.ts';
import { type Reason, writeNote } from '#features/act/write-note.ts';
import type { Unmasking } from '#storage/unmasking.entity.ts';

/** How long a member of staff sees what they had unmasked, in milliseconds. */
const unmaskingMs = 15 * 60_000;

/** What is to be seen in full, of whom or what, and why. */
interface Unmasked extends Reason, Pick<Unmasking, 'fields'> {
  /** As `userId` of `Unmasking`. */
  readonly of: string;
}

/**
 * Keeps why somebody sees something in full, and that they do for 15 minutes, in place of what they had unmasked of the same before.
 * The caller tells the ledger. @throws user.not_found for an erased user
 */
export async function addUnmasking(tx: AppTransaction, staff: UserActor, unmasked: Unmasked): Promise<Unmasking> {
  const { of: userId, fields, ...reason } = unmasked;
  const noteId = await writeNote(tx, staff, reason);
  const expiresAt = new Date(tx.clock.now().getTime() + unmaskingMs);
  const unmasking = { staffId: staff.userId, userId, fields, noteId, expiresAt };
  await tx.unmaskings.put(unmasking);
  return unmasking;
}
