import { withTransaction } from '@bank/database';
import {
  type AuditAction,
  allow,
  DomainError,
  type ErrorCode,
  type ErrorDetails,
  type Permission,
  requireUser,
  type UserId,
} from '@bank/domain';
import type { AppContext, AppTransaction } from '#context.ts';
import type { Caller } from '#features/caller.ts';
import { judgeTarget } from '#features/standing/people.ts';
import type { User } from '#storage/users/user.repository.ts';

/** What a member of staff does to a user, with a note that says why, and as what the ledger knows it. */
interface NotedAct {
  readonly action: AuditAction;
  readonly permission: Permission;
  readonly userId: UserId;
  readonly noteId: string;
}

/** Why it was not done. */
export interface ActRefusal {
  readonly code: ErrorCode;
  readonly details?: ErrorDetails;
}

/**
 * Lets a member of staff do something to a user, both as they are now (`judgeTarget`). Whether it was done or refused, the
 * ledger is told, with the note that says why. `act` gives its refusal, if there is one, and writes nothing then.
 * @throws access.forbidden, auth.step_up.required, user.not_found, and what `act` refuses with
 */
export async function actOnUser(
  ctx: AppContext,
  { actor }: Pick<Caller, 'actor'>,
  { action, permission, userId, noteId }: NotedAct,
  act: (tx: AppTransaction, user: User) => Promise<ActRefusal | undefined>,
): Promise<void> {
  const who = allow.permission(actor, permission);
  const { userId: actorId } = requireUser(actor);
  const refusal = await withTransaction(ctx, { who, audits: [action] }, async (tx) => {
    const judged = await judgeTarget(tx, { actorId, userId, permission });
    // Nobody: an entry about an id that somebody made up would say nothing.
    if (judged.target === undefined && judged.refusal === 'user.not_found') return { code: judged.refusal };
    const refused = judged.target === undefined ? { code: judged.refusal } : await act(tx, judged.target);
    const told =
      refused === undefined ? { outcome: 'success' as const } : { outcome: 'denied' as const, reason: refused.code };
    await tx.audit({ action, subject: userId, ...told, details: { noteId } });
    return refused;
  });
  if (refusal === undefined) return;
  const { code, details = {} } = refusal;
  throw new DomainError(code, { details });
}
