import { withTransaction } from '@bank/database';
import { allow, requireUser } from '@bank/domain';
import type { AppContext } from '#context.ts';
import type { Caller } from '#features/caller.ts';
import { endSessions } from '#features/session/end-session.ts';

/** Ends the caller's own session; its access token stops everywhere within a second (SR-46). @throws auth.token.missing */
export async function signOut(ctx: AppContext, caller: Caller): Promise<void> {
  const { userId, sessionId } = requireUser(caller.actor);
  const who = allow.self(caller.actor, userId);
  await withTransaction(ctx, { who, audits: ['auth.session.revoked'] }, (tx) =>
    endSessions(tx, { userId, sessionId }, 'logout'),
  );
}
