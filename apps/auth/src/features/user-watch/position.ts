import { readerOf } from '@bank/database';
import { DomainError } from '@bank/domain';
import * as v from 'valibot';
import type { AppContext } from '#context.ts';
import { numberChanges } from '#features/user-watch/number-changes.ts';
import type { UserChange } from '#storage/users/user-change.repository.ts';

/** The change that was told last, and which one it was: numbers alone would mean another after a restore of an older copy. */
const LastSchema = v.strictObject({ number: v.number(), userId: v.string(), version: v.number() });

/** Where a stream stands: behind a change, or before the first; `toldUpTo` while everybody is being told of ('' for nobody yet). */
const PositionSchema = v.strictObject({ last: v.nullable(LastSchema), toldUpTo: v.nullable(v.string()) });
export type Position = v.InferOutput<typeof PositionSchema>;

/** Behind every change that is committed now. */
export async function presentPosition(ctx: AppContext, toldUpTo: string | null): Promise<Position> {
  await numberChanges(ctx);
  const { userChanges } = readerOf(ctx);
  const [last] = await userChanges.after((await userChanges.last()) - 1, 1);
  return { last: last === undefined ? null : lastOf(last), toldUpTo };
}

/** Behind a change. */
export function lastOf({ number, userId, version }: UserChange): NonNullable<Position['last']> {
  return { number, userId, version };
}

/** A position as its caller, and nobody else, can hand it back. */
export function tokenOf(ctx: AppContext, position: Position, caller: string): string {
  return ctx.cursors.encode(position, contextOf(caller));
}

/** @throws user.watch.position_lost for what is no token of this caller's, or too old, or of a database that was restored since */
export async function readPosition(ctx: AppContext, token: string, caller: string): Promise<Position> {
  const position = decode(ctx, token, caller);
  const { userChanges } = readerOf(ctx);
  const isGood =
    position.last === null
      ? await startsAtOne(ctx)
      : await userChanges.isKept(position.last as Pick<UserChange, 'number' | 'userId' | 'version'>);
  if (!isGood) throw positionLost();
  return position;
}

/** What a caller hears who has to begin anew. */
export function positionLost(): DomainError {
  return new DomainError('user.watch.position_lost');
}

async function startsAtOne(ctx: AppContext): Promise<boolean> {
  const { userChanges } = readerOf(ctx);
  const [first] = await userChanges.after(0, 1);
  return first === undefined ? (await userChanges.last()) === 0 : first.number === 1;
}

function decode(ctx: AppContext, token: string, caller: string): Position {
  try {
    return v.parse(PositionSchema, ctx.cursors.decode(token, contextOf(caller)));
  } catch (error) {
    if (error instanceof v.ValiError || (error instanceof DomainError && error.code === 'request.invalid')) {
      throw positionLost();
    }
    throw error;
  }
}

function contextOf(caller: string): string {
  return `watch-users:${caller}`;
}
