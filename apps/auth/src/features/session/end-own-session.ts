import { withTransaction } from '@bank/database';
import { allow, DomainError, parse, requireUser, UuidSchema } from '@bank/domain';
import * as v from 'valibot';
import type { AppContext } from '#context.ts';
import type { Caller } from '#features/caller.ts';
import { endSessions } from '#features/session/end-session.ts';

export const SessionParamsSchema = v.strictObject({ id: UuidSchema });

/** Ends one session from the caller's list. Somebody else's, an ended one and none at all answer alike (SR-65). @throws auth.session.not_found */
export async function endOwnSession(ctx: AppContext, input: unknown, caller: Caller): Promise<void> {
  const { userId } = requireUser(caller.actor);
  const who = allow.self(caller.actor, userId);
  const { id } = parse(SessionParamsSchema, input);
  const ended = await withTransaction(ctx, { who, audits: ['auth.session.revoked'] }, (tx) =>
    endSessions(tx, { userId, sessionId: id }, 'ended_by_user'),
  );
  if (ended === 0) throw new DomainError('auth.session.not_found', { reason: 'none, not theirs, or ended' });
}
