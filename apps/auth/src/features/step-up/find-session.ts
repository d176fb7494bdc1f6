import { readerOf } from '@bank/database';
import { DomainError, isBlocked, type UserActor } from '@bank/domain';
import type { AppContext, AppTransaction } from '#context.ts';
import { isLive } from '#features/session/policies.ts';
import type { Session } from '#storage/sessions/session.repository.ts';
import type { User } from '#storage/users/user.repository.ts';

/** A live session, and whether its device is known to its user. */
export interface FoundSession {
  session: Session;
  isDeviceKnown: boolean;
}

/** The live session that somebody asks with, and whether its device is known. @throws auth.token.invalid */
export async function findOwnSession(ctx: AppContext, asker: UserActor): Promise<FoundSession> {
  const reader = readerOf(ctx);
  const { userId, sessionId } = asker;
  const session = await reader.sessions.find(sessionId);
  const live = requireLive(asker, { session, user: await reader.users.find(userId) }, ctx.clock.now());
  const device = await reader.devices.find(userId, live.deviceId);
  return { session: live, isDeviceKnown: device !== undefined && device.knownAt !== null };
}

/**
 * Holds the live session that somebody asks with until the transaction ends. Whatever ends it, which of a user who is stopped is all of
 * them, holds its row as well: it has committed before, and is seen here, or waits for what is done. @throws auth.token.invalid
 */
export async function holdOwnSession(tx: AppTransaction, asker: UserActor): Promise<void> {
  const session = await tx.sessions.share(asker.sessionId);
  requireLive(asker, { session, user: await tx.users.find(asker.userId) }, tx.clock.now());
}

function requireLive(
  { userId }: UserActor,
  { session, user }: { session: Session | undefined; user: User | undefined },
  now: Date,
): Session {
  if (session === undefined || session.userId !== userId || !isLive(session, now)) {
    throw new DomainError('auth.token.invalid', { reason: 'the session is over' });
  }
  if (user === undefined || isBlocked(user.status, 'session')) {
    throw new DomainError('auth.token.invalid', { reason: 'the user is blocked' });
  }
  return session;
}
