import { readerOf } from '@bank/database';
import { type Actor, allow, parse, type UserId } from '@bank/domain';
import * as v from 'valibot';
import type { AppContext } from '#context.ts';
import {
  lastOf,
  type Position,
  positionLost,
  presentPosition,
  readPosition,
  tokenOf,
} from '#features/user-watch/position.ts';
import type { UserChange, UserVersion } from '#storage/users/user-change.repository.ts';

const WatchSchema = v.object({
  resumeToken: v.optional(v.pipe(v.string(), v.maxLength(2048))),
  changesOnly: v.boolean(),
});

const pageSize = 200;
const heartbeatMs = 10_000;

/** Who listens, and until when. */
export interface Watcher {
  readonly caller: string;
  readonly actor: Actor;
  readonly signal: AbortSignal;
}

/** What a watcher is told. With `resumeToken` the watch goes on from there. */
export type UserNews = { readonly resumeToken: string } & (
  | { readonly kind: 'state'; readonly user: UserVersion }
  | { readonly kind: 'change'; readonly user: UserVersion; readonly changedAt: Date }
  | { readonly kind: 'heartbeat' }
);

/**
 * Everybody as they are, and then every change that is committed, for as long as somebody listens. Nothing is read ahead of
 * the listener: a page is asked for when the one before has been taken.
 * @throws access.forbidden, request.invalid, user.watch.position_lost, service.unavailable
 */
export async function* watchUsers(ctx: AppContext, input: unknown, watcher: Watcher): AsyncGenerator<UserNews> {
  allow.service(watcher.actor);
  const { resumeToken, changesOnly } = parse(WatchSchema, input);
  const leave = ctx.userFeed.enter();
  try {
    const position =
      resumeToken === undefined
        ? await presentPosition(ctx, changesOnly ? null : '')
        : await readPosition(ctx, resumeToken, watcher.caller);
    if (position.toldUpTo !== null) yield* tellOfEverybody(ctx, position, watcher);
    yield* tellOfChanges(ctx, { ...position, toldUpTo: null }, watcher);
  } finally {
    leave();
  }
}

async function* tellOfEverybody(
  ctx: AppContext,
  { last, toldUpTo }: Position,
  { caller }: Watcher,
): AsyncGenerator<UserNews> {
  let after = toldUpTo === '' ? undefined : (toldUpTo as UserId);
  let page = await readerOf(ctx).userChanges.page(after, pageSize);
  while (page.length > 0) {
    for (const user of page) {
      after = user.userId;
      yield { kind: 'state', user, resumeToken: tokenOf(ctx, { last, toldUpTo: after }, caller) };
    }
    page = await readerOf(ctx).userChanges.page(after, pageSize);
  }
}

async function* tellOfChanges(ctx: AppContext, from: Position, { caller, signal }: Watcher): AsyncGenerator<UserNews> {
  let { last } = from;
  // The first heartbeat says that everything of before has been told.
  let heartbeatAt = 0;
  while (!signal.aborted) {
    const seen = ctx.userFeed.generation;
    const changes = await changesAfter(ctx, last);
    for (const { changedAt, number, ...user } of changes) {
      // There are no gaps but those that forgetting leaves: then it was further ahead than this stream.
      if (number !== (last?.number ?? 0) + 1) throw positionLost();
      last = lastOf({ changedAt, number, ...user });
      yield { kind: 'change', user, changedAt, resumeToken: tokenOf(ctx, { last, toldUpTo: null }, caller) };
    }
    if (changes.length > 0) heartbeatAt = performance.now() + heartbeatMs;
    if (changes.length >= pageSize) continue;
    if (performance.now() >= heartbeatAt) {
      yield { kind: 'heartbeat', resumeToken: tokenOf(ctx, { last, toldUpTo: null }, caller) };
      heartbeatAt = performance.now() + heartbeatMs;
    }
    await ctx.userFeed.newsAfter(seen, heartbeatAt - performance.now(), signal);
  }
}

/**
 * What came after the change that was told last, which is read with it: a failover under the stream can have lost that one, and
 * other changes get its number and those behind it.
 */
async function changesAfter(ctx: AppContext, last: Position['last']): Promise<UserChange[]> {
  const { userChanges } = readerOf(ctx);
  if (last === null) return userChanges.after(0, pageSize);
  const found = await userChanges.after(last.number - 1, pageSize + 1);
  const [held] = found;
  // One that is forgotten is not there, and the newest is never forgotten.
  if (held === undefined) throw positionLost();
  if (held.number > last.number) return found;
  if (held.userId !== last.userId || held.version !== last.version) throw positionLost();
  return found.slice(1);
}
