import { withTransaction } from '@bank/database';
import { allow, requireUser } from '@bank/domain';
import type { AppContext } from '#context.ts';
import type { Caller } from '#features/caller.ts';
import { endSessions } from '#features/session/end-session.ts';

/** Ends every session of the caller, this one included (SR-48). @throws auth.token.missing */
export async function signOutEverywhere(ctx: AppContext, caller: Caller): Promise<void> {
  const { userId } = requireUser(caller.actor);
  const who = allow.self(caller.actor, userId);
  await withTransaction(ctx, { who, audits: ['auth.session.revoked'] }, async (tx) => {
    // A sign-in that is under way either commits before this and is ended too, or opens its session afterwards.
    await tx.users.lock(userId);
    await endSessions(tx, { userId }, 'logout_all');
  });
}
