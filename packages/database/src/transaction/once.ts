import type { TransactionalContext, TransactionScope } from '#transaction/unit-of-work.ts';
import { within } from '#transaction/with-transaction.ts';

/**
 * Handles a message once per consumer, however often and however parallel it arrives: the note that it was handled and
 * the work are one transaction. The work does its writing by `withTransaction(tx, …)`, which joins.
 * @throws what the work throws (the message then counts as not handled), service.unavailable
 */
export function once<C extends TransactionalContext<R>, R extends object>(
  ctx: C & TransactionalContext<R>,
  consumer: string,
  messageId: string,
  work: (tx: C & TransactionScope<R>) => Promise<unknown>,
): Promise<{ applied: boolean }> {
  return ctx.unitOfWork.runOnce({ consumer, messageId }, (scope) => work(within(ctx, scope)));
}
