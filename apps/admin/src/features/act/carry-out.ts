import { withTransaction } from '@bank/database';
import { type Actor, type Grant, requireUser, type UserId } from '@bank/domain';
import type { ActTarget } from '#adapters/auth/user-acts.ts';
import type { AppContext } from '#context.ts';
import { actionPerformed } from '#events.ts';
import { auditedOutcome, outcomeOf, unwrap } from '#features/act/outcome.ts';
import { writeNote } from '#features/act/write-note.ts';

/** Something that one member of staff does to a user alone. */
export interface Act {
  /** As events and the ledger name it. */
  readonly action: string;
  readonly who: Grant;
  readonly userId: UserId;
  readonly reason: string;
  /** Asks the app that owns it. */
  perform(target: ActTarget): Promise<unknown>;
}

/**
 * Carries out what a member of staff may do. The reason is kept and the attempt recorded before the app that owns it is asked;
 * what came of it is recorded afterwards, done or not. @throws user.not_found, and what the owner answers
 */
export async function carryOut(ctx: AppContext, actor: Actor, act: Act): Promise<void> {
  const { action, who, userId, reason } = act;
  const noteId = await withTransaction(ctx, { who, audits: ['admin.action.requested'] }, async (tx) => {
    const written = await writeNote(tx, actor, { about: userId, action, reason });
    const details = { action, noteId: written };
    await tx.audit({ action: 'admin.action.requested', subject: userId, outcome: 'success', details });
    return written;
  });
  const outcome = await outcomeOf(() => act.perform({ userId, noteId }));
  await withTransaction(ctx, { who, audits: ['admin.action.performed'] }, async (tx) => {
    const performed = { userId, action, noteId, staffId: requireUser(actor).userId, at: tx.clock.now() };
    if (outcome.kind === 'done') await tx.emit(actionPerformed(performed));
    const details = { action, noteId };
    await tx.audit({ action: 'admin.action.performed', subject: userId, ...auditedOutcome(outcome), details });
  });
  unwrap(outcome);
}
