import { type Actor, DomainError, requireUser } from '@bank/domain';
import type { AppTransaction } from '#context.ts';

/** Why somebody does something. `about` is nobody where there is no user yet: then the author's own key seals it. */
export interface Reason {
  readonly about: string | undefined;
  readonly action: string;
  readonly reason: string;
  /** It is about what law keeps of a user, also once they are erased. */
  readonly isOfKept?: boolean;
}

/** Keeps a reason sealed, and gives the id by which everything else knows it. @throws user.not_found for an erased user */
export async function writeNote(
  tx: AppTransaction,
  author: Actor,
  { about, action, reason, isOfKept = false }: Reason,
): Promise<string> {
  const { userId: authorId } = requireUser(author);
  const isHeld = about === undefined || isOfKept || (await tx.holdUser(about));
  if (!isHeld) throw new DomainError('user.not_found', { reason: 'erased' });
  const id = tx.ids.next();
  const note = { id, userId: about ?? authorId, authorId, action, reason, createdAt: tx.clock.now() };
  if (await tx.staffNotes.add(note)) return id;
  throw new DomainError('user.not_found', { reason: 'the retained keys of the user are destroyed' });
}
