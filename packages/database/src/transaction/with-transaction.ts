import type { Access, UnauditedAccess } from '#transaction/access.ts';
import type { ReadScope, TransactionalContext, TransactionScope } from '#transaction/unit-of-work.ts';

/**
 * Runs `work` in one database transaction, or within the one that `ctx` belongs to already: pass the `tx` on, and what
 * is called joins. Changes, events, audit entries and deliveries are committed together when the outermost work
 * resolves; nothing is when any of it throws, so an outcome that must persist is returned and thrown afterwards.
 * Nothing outside of the database is called inside. @throws service.unavailable when the database is away
 */
export function withTransaction<C extends TransactionalContext<R>, R extends object, T>(
  ctx: C & TransactionalContext<R>,
  access: Access,
  work: (tx: C & TransactionScope<R>) => Promise<T>,
): Promise<T> {
  return ctx.unitOfWork.run(access, (scope) => work(within(ctx, scope)));
}

/**
 * Runs the one statement of `work`, which tells nobody anything, as a transaction of its own: one round trip where BEGIN and COMMIT
 * make it two. Within a transaction it is a part of that. @throws service.unavailable, Error for a second statement
 */
export function withStatement<C extends TransactionalContext<R>, R extends object, T>(
  ctx: C & TransactionalContext<R>,
  access: UnauditedAccess,
  work: (at: C & ReadScope<R>) => Promise<T>,
): Promise<T> {
  return ctx.unitOfWork.runOne(access, (scope) => work(within(ctx, scope)));
}

/** The context with repositories to read from: the transaction's own inside of one, else without a transaction. */
export function readerOf<C extends TransactionalContext<R>, R extends object>(
  ctx: C & TransactionalContext<R>,
): C & ReadScope<R> {
  return within(ctx, ctx.unitOfWork.reader());
}

/** The context, with the members of a scope before its own. */
export function within<C extends object, S extends object>(ctx: C, scope: S): C & S {
  return Object.assign(Object.create(ctx) as C, scope);
}
