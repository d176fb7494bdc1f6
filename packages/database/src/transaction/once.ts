import { parse, UserIdSchema } from '@bank/domain';
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
 * The same for a message about a user: when he has been erased here it counts as handled, and nothing is written. Events have
 * no promised order, so one may come after the erasure of whom it is about.
 * @throws request.invalid when it names nobody, what the work throws, service.unavailable
 */
export async function onceAbout<C extends TransactionalContext<R>, R extends object>(
  ctx: C & TransactionalContext<R>,
  consumer: string,
  message: { readonly id: string; readonly userId: string },
  work: (tx: C & TransactionScope<R>) => Promise<unknown>,
): Promise<{ applied: boolean }> {
  const userId = parse(UserIdSchema, message.userId);
  let applied = false;
  await once<C, R>(ctx, consumer, message.id, async (tx) => {
    if (!(await tx.holdUser(userId))) return;
    await work(tx);
    applied = true;
  });
  return { applied };
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
