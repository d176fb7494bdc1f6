import { readerOf } from '@bank/database';
import { DomainError, isBlocked, type UserActor } from '@bank/domain';
import type { AppContext } from '#context.ts';
import { isLive } from '#features/session/policies.ts';
import type { Session } from '#storage/sessions/session.repository.ts';

/** A live session, and whether its device is known to its user. */
export interface FoundSession {
  session: Session;
  isDeviceKnown: boolean;
}

/** The live session that somebody asks with, and whether its device is known. @throws auth.token.invalid */
export async function findOwnSession(ctx: AppContext, { userId, sessionId }: UserActor): Promise<FoundSession> {
  const reader = readerOf(ctx);
  const session = await reader.sessions.find(sessionId);
  const user = await reader.users.find(userId);
  if (session === undefined || session.userId !== userId || !isLive(session, ctx.clock.now())) {
    throw new DomainError('auth.token.invalid', { reason: 'the session is over' });
  }
  if (user === undefined || isBlocked(user.status, 'session')) {
    throw new DomainError('auth.token.invalid', { reason: 'the user is blocked' });
  }
  const device = await reader.devices.find(userId, session.deviceId);
  return { session, isDeviceKnown: device !== undefined && device.knownAt !== null };
}
