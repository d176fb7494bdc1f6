import { withTransaction } from '@bank/database';
import { type Actor, allow, requireUser } from '@bank/domain';
import type { ListedCase } from '#adapters/profile/kyc-desk.ts';
import type { AppContext } from '#context.ts';
import { actionPerformed } from '#events.ts';
import { auditedOutcome, outcomeOf, unwrap } from '#features/act/outcome.ts';
import { writeNote } from '#features/act/write-note.ts';
import { findCase } from '#features/kyc/find-case.ts';

/** What one member of staff does with a case alone. */
interface CaseAct {
  /** As events and the ledger name it. */
  readonly action: 'kyc.claim' | 'kyc.request_information';
  readonly caseId: string;
  readonly reason: string;
  perform(found: ListedCase, noteId: string): Promise<void>;
}

/**
 * Lets one member of staff alone do something with a case. The reason is kept and the attempt recorded before its owner is
 * asked; what came of it is recorded afterwards, done or not.
 * @throws auth.token.missing, access.forbidden, auth.step_up.required, kyc.case.not_found, user.not_found, and what the owner answers
 */
export async function actOnCase(ctx: AppContext, actor: Actor, act: CaseAct): Promise<void> {
  const { action, caseId, reason, perform } = act;
  const who = allow.permission(actor, 'kyc.decide');
  const staff = requireUser(actor);
  const found = await findCase(ctx, staff, caseId);
  const { userId } = found;
  const noteId = await withTransaction(ctx, { who, audits: ['admin.action.requested'] }, async (tx) => {
    const written = await writeNote(tx, actor, { about: userId, action, reason });
    const details = { action, caseId, noteId: written };
    await tx.audit({ action: 'admin.action.requested', subject: userId, outcome: 'success', details });
    return written;
  });
  const outcome = await outcomeOf(() => perform(found, noteId));
  await withTransaction(ctx, { who, audits: ['admin.action.performed'] }, async (tx) => {
    const done = { userId, action, noteId, staffId: staff.userId, at: tx.clock.now() };
    if (outcome.kind === 'done') await tx.emit(actionPerformed(done));
    const details = { action, caseId, noteId };
    await tx.audit({ action: 'admin.action.performed', subject: userId, ...auditedOutcome(outcome), details });
  });
  unwrap(outcome);
}
