import type { TransactionalContext, TransactionScope } from '#transaction/unit-of-work.ts';
import { within } from '#transaction/with-transaction.ts';

/**
 * Handles a message once per consumer, however often and however parallel it arrives: the note that it was handled and
 * the work are one transaction. The work does its writing by `withTransaction(tx, …)`, which joins.
 * @throws what the work throws (the message then counts as not handled), service.unavailable
 */
export async function once<C extends TransactionalContext<R>, R extends object>(
  ctx: C & TransactionalContext<R>,
  consumer: string,
  messageId: string,
  work: (tx: C & TransactionScope<R>) => Promise<unknown>,
): Promise<{ applied: boolean }> {
  const messages = { consumer, messageIds: [messageId] };
  const fresh = await ctx.unitOfWork.runOnce(messages, (scope) => work(within(ctx, scope)));
  return { applied: fresh.size > 0 };
}

/**
 * The same for messages that are handled together: the work is given the ids of those that were not handled before, and
 * all of them are handled or none. Gives these ids.
 * @throws what the work throws (no message then counts as handled), service.unavailable
 */
export function onceEach<C extends TransactionalContext<R>, R extends object>(
  ctx: C & TransactionalContext<R>,
  consumer: string,
  messageIds: readonly string[],
  work: (tx: C & TransactionScope<R>, fresh: ReadonlySet<string>) => Promise<unknown>,
): Promise<ReadonlySet<string>> {
  return ctx.unitOfWork.runOnce({ consumer, messageIds }, (scope, fresh) => work(within(ctx, scope), fresh));
}
