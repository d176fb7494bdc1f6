import {
  type DataRights,
  eraseRecords,
  lockForErasure,
  type TransactionalContext,
  type TransactionScope,
  withTransaction,
} from '@bank/database';
import { type Actor, allow, parse, type UserId } from '@bank/domain';
import { encodeEvent, UserDataErasedSchema } from '@bank/proto/events';
import { timestampFromDate } from '@bufbuild/protobuf/wkt';
import { DataRequest } from '#data-rights/schemas.ts';
import type { Foundations } from '#foundations.ts';

/** Who may ask: the app that holds what users ask for, and operators after a restore. */
const askers = ['profile', 'ops'];

type Context<R> = Foundations & TransactionalContext<R>;

/** What an app does first, in the same transaction. It refuses by throwing. */
export type BeforeErasure<C extends Context<R>, R extends object> = (
  tx: C & TransactionScope<R>,
  userId: UserId,
) => Promise<unknown>;

/**
 * Destroys what an app keeps about a user, all at once: their erasable key, what they are found by, and the rows that hold
 * nothing else.
 * Answers whether this was the first time; a repetition removes what came late and tells only of that.
 * @throws access.forbidden, request.invalid, and what the app refuses with
 */
export async function eraseUser<C extends Context<R>, R extends object>(
  ctx: C & Context<R>,
  { rights, before }: { readonly rights: DataRights; readonly before?: BeforeErasure<C, R> | undefined },
  actor: Actor,
  input: unknown,
): Promise<boolean> {
  const who = allow.service(actor, askers);
  const { userId, requestId } = parse(DataRequest, input);
  return await withTransaction<C, R, boolean>(ctx, { who, audits: ['user.data_erased'] }, async (tx) => {
    await lockForErasure(tx.em, rights.schema, userId);
    await before?.(tx, userId);
    const { isFirst, rows } = await eraseRecords(tx, rights, userId);
    if (!isFirst && rows === 0) return false;
    const details = { requestId, rows, isFirst };
    await tx.audit({ action: 'user.data_erased', subject: userId, outcome: 'success', details });
    if (isFirst) await tx.emit(dataErased({ userId, requestId, app: tx.service, at: tx.clock.now() }));
    return isFirst;
  });
}

/** `user.data_erased.v1`: one app has destroyed what it kept. */
function dataErased({ at, ...facts }: { userId: UserId; requestId: string; app: string; at: Date }) {
  return {
    subject: facts.userId,
    ...encodeEvent(UserDataErasedSchema, { ...facts, erasedAt: timestampFromDate(at) }),
  };
}
