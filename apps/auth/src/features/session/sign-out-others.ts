import { withTransaction } from '@bank/database';
import { allow, requireUser } from '@bank/domain';
import type { AppContext } from '#context.ts';
import type { Caller } from '#features/caller.ts';
import { endManySessions } from '#features/session/end-session.ts';

/** Ends every session of the caller but the one of the request (SR-48). @throws auth.token.missing */
export async function signOutOthers(ctx: AppContext, caller: Caller): Promise<void> {
  const { userId, sessionId: exceptSessionId } = requireUser(caller.actor);
  const who = allow.self(caller.actor, userId);
  const audits = ['auth.session.revoked', 'auth.sessions.revoked'] as const;
  await withTransaction(ctx, { who, audits }, (tx) =>
    endManySessions(tx, { userId, exceptSessionId }, 'ended_by_user'),
  );
}
