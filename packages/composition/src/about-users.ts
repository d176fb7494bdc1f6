import { onceEach, type TransactionalContext, type TransactionScope } from '@bank/database';
import { parse, UserIdSchema } from '@bank/domain';
import { type CloudEvent, type Consumer, inBatches } from '@bank/messaging';

/** Messages about users, and what is done about each of them. */
export interface AboutUsers<F, C> extends Pick<Consumer, 'name' | 'queue' | 'types'> {
  /** Reads a message. @throws what sets it aside */
  facts(message: CloudEvent): F;
  /** Joins the transaction of the batch. */
  work(tx: C, facts: F): Promise<unknown>;
}

const batchMax = 100; // what one of them has locked stays locked until all are done

/**
 * A consumer of messages about users. What waits is handled in one transaction, each message once, in its own context; when
 * the user has been erased here it counts as handled, and nothing is written (events have no promised order). Users come in one
 * order, so that two batches about the same ones cannot deadlock; what is told of one user is handled one after the other.
 */
export function aboutUsers<F extends { readonly userId: string }, C extends TransactionalContext<R>, R extends object>(
  ctx: C & TransactionalContext<R>,
  { name, queue, types, facts, work }: AboutUsers<F, C & TransactionScope<R>>,
): Consumer {
  return inBatches({
    name,
    queue,
    types,
    batchMax,
    async handleBatch(messages, within) {
      const read = messages.map((message) => {
        const of = facts(message);
        return { message, of, userId: parse(UserIdSchema, of.userId) };
      });
      const ordered = read.toSorted((one, other) =>
        one.userId < other.userId ? -1 : Number(one.userId > other.userId),
      );
      const applied = new Set<string>();
      const ids = ordered.map(({ message }) => message.id);
      await onceEach<C, R>(ctx, name, ids, async (tx, fresh) => {
        const ofUsers = Map.groupBy(
          ordered.filter(({ message }) => fresh.has(message.id)),
          ({ userId }) => userId,
        );
        // Side by side: statements of all users travel together.
        const perUser = [...ofUsers].map(async ([userId, own]) => {
          if (!(await tx.holdUser(userId))) return;
          for (const { message, of } of own) {
            await within(message, () => work(tx, of));
            applied.add(message.id);
          }
        });
        await Promise.all(perUser);
      });
      return messages.map(({ id }) => ({ applied: applied.has(id) }));
    },
  });
}
