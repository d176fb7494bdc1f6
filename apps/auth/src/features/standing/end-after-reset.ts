import { withTransaction } from '@bank/database';
import { allow, parse, UserIdSchema } from '@bank/domain';
import * as v from 'valibot';
import type { AppContext } from '#context.ts';
import { endSessions } from '#features/session/end-session.ts';
import { endEverything } from '#features/standing/end-everything.ts';

const ResetSchema = v.strictObject({ userId: UserIdSchema, removedAt: v.date() });
const audits = ['auth.session.revoked', 'auth.sessions.revoked'] as const;

/** How long a sign-in may take from the answer of a factor to its session, in milliseconds. */
const openingMs = 30_000;

/**
 * Ends what a user had open when staff removed their factors (SR-35, SR-47), and what they open by a factor that was still
 * taken then. All else that they have opened since stays, however late the news comes. What made their devices known is not
 * trusted any more, so each has to prove anew whose it is before the password brings a factor on it (SR-31). @throws request.invalid
 */
export async function endAfterReset(ctx: AppContext, input: unknown): Promise<void> {
  const { userId, removedAt } = parse(ResetSchema, input);
  const who = allow.system('factors reset');
  await withTransaction(ctx, { who, audits }, async (tx) => {
    if ((await tx.users.lock(userId)) === undefined) return;
    await endEverything(tx, userId, 'factor_changed', { openedUntil: removedAt });
    const openedUntil = new Date(removedAt.getTime() + openingMs);
    await endSessions(tx, { userId, openedUntil, isRaised: true }, 'factor_changed');
    await tx.devices.doubtKnownUntil(userId, openedUntil);
  });
}
