import { withTransaction } from '@bank/database';
import { allow, DomainError, requireUser } from '@bank/domain';
import type { AppContext } from '#context.ts';
import type { Caller } from '#features/caller.ts';
import { holdOwnSession } from '#features/step-up/find-session.ts';
import { readTransaction } from '#features/transaction/registry.ts';
import type { ApprovalMethod } from '#storage/transactions/transaction.entity.ts';

/** What a service is told that is to execute a transaction. */
export interface ApprovedTransaction {
  readonly transactionId: string;
  readonly userId: string;
  /** Of session and approval together; those of the session were proved when it says. */
  readonly amr: readonly string[];
  /** Of the approval alone. */
  readonly method: ApprovalMethod;
  readonly approvedAt: Date;
}

/**
 * Tells, once, that the person who asks has approved exactly this transaction, in this very session (SR-63), which is
 * not over before that is written down (SR-46). When it is another transaction the token is dead from now on, and the ledger hears of
 * it. A token of somebody else or of another session stays as it is. Whatever is wrong is answered alike.
 * @throws auth.token.missing, auth.token.invalid, access.forbidden, request.invalid, transaction.not_approved,
 * service.unavailable
 */
export async function consumeTransaction(
  ctx: AppContext,
  input: { readonly token: string; readonly transaction: unknown },
  { actor, caller }: Pick<Caller, 'actor'> & { readonly caller: string },
): Promise<ApprovedTransaction> {
  const user = requireUser(actor);
  const { userId, sessionId, audience } = user;
  const who = allow.self(actor, userId);
  const { type, digest } = readTransaction(input.transaction);
  const claims = await ctx.verifier.verifyTransaction(input.token);
  if (claims.userId !== userId || claims.sessionId !== sessionId || claims.audience !== audience) {
    throw new DomainError('transaction.not_approved', { reason: 'of another user or session' });
  }
  const id = claims.transactionId;
  const audits = ['transaction.consumed', 'transaction.refused'] as const;
  const used = await withTransaction(ctx, { who, audits }, async (tx) => {
    await holdOwnSession(tx, user); // what the feed of revocations has yet to tell counts here
    const consumed = await tx.transactions.consume({ id, userId, sessionId }, { digest, now: tx.clock.now() });
    const details = { transactionId: id, type, service: caller };
    if (consumed?.isSame === true) {
      await tx.audit({ action: 'transaction.consumed', subject: userId, outcome: 'success', details });
    } else {
      const reason = consumed === undefined ? 'used_or_over' : 'altered';
      await tx.audit({ action: 'transaction.refused', subject: userId, outcome: 'denied', reason, details });
    }
    return consumed;
  });
  if (used?.isSame !== true) {
    throw new DomainError('transaction.not_approved', { reason: used === undefined ? 'used or over' : 'altered' });
  }
  return { transactionId: id, userId, amr: claims.amr, method: used.method, approvedAt: used.approvedAt };
}
