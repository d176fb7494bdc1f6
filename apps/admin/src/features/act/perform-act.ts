import { withTransaction } from '@bank/database';
import { type Actor, allow, parse, requireMayActOn, requireUser, type UserId } from '@bank/domain';
import type { AppContext } from '#context.ts';
import { actionPerformed } from '#events.ts';
import { type DirectActName, directActs } from '#features/act/direct-acts.ts';
import { auditedOutcome, outcomeOf, unwrap } from '#features/act/outcome.ts';
import { Reasoned, UserParams } from '#features/act/schemas.ts';
import { writeNote } from '#features/act/write-note.ts';
import { requireKnownUser } from '#features/user/require-known-user.ts';

/**
 * Lets a member of staff do something to a user below him (SR-72) by himself. The reason is kept and the attempt recorded before the app
 * that owns it is asked; what came of it is recorded afterwards, done or not.
 * @throws auth.token.missing, access.forbidden, auth.step_up.required, request.invalid, user.not_found, and what the owner answers
 */
export async function performAct(
  ctx: AppContext,
  actor: Actor,
  name: DirectActName,
  input: { readonly params: unknown; readonly body: unknown },
): Promise<void> {
  const { action, permission, perform } = directActs[name];
  const who = allow.permission(actor, permission);
  const { id: userId } = parse(UserParams, input.params);
  const { reason } = parse(Reasoned, input.body);
  const { roles } = await requireKnownUser(ctx, userId);
  requireMayActOn(requireUser(actor), { userId, roles });

  const noteId = await withTransaction(ctx, { who, audits: ['admin.action.requested'] }, async (tx) => {
    const written = await writeNote(tx, actor, { about: userId, action, reason });
    const details = { action, noteId: written };
    await tx.audit({ action: 'admin.action.requested', subject: userId, outcome: 'success', details });
    return written;
  });
  const outcome = await outcomeOf(() => perform(ctx.owners, { userId, noteId }));
  await withTransaction(ctx, { who, audits: ['admin.action.performed'] }, async (tx) => {
    if (outcome.kind === 'done') await tx.emit(performed(tx, actor, { userId, action, noteId }));
    const details = { action, noteId };
    await tx.audit({ action: 'admin.action.performed', subject: userId, ...auditedOutcome(outcome), details });
  });
  unwrap(outcome);
}

function performed(ctx: AppContext, actor: Actor, act: { userId: UserId; action: string; noteId: string }) {
  return actionPerformed({ ...act, staffId: requireUser(actor).userId, at: ctx.clock.now() });
}
