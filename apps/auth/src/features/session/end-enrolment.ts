import { withTransaction } from '@bank/database';
import { allow, parse, UserIdSchema } from '@bank/domain';
import * as v from 'valibot';
import type { AppContext } from '#context.ts';
import { enrolmentClientId } from '#features/client/entitlement.ts';
import { endSessions } from '#features/session/end-session.ts';

const EnrolledSchema = v.object({ userId: UserIdSchema, enrolledAt: v.date() });

/**
 * Ends the sessions that a user had for enrolling a factor: there is one now to sign in with. A session opened since, as when
 * the factors were reset, stays, however late the news comes. @throws request.invalid
 */
export async function endEnrolment(ctx: AppContext, input: unknown): Promise<void> {
  const { userId, enrolledAt } = parse(EnrolledSchema, input);
  const access = { who: allow.system('end-enrolment'), audits: ['auth.session.revoked'] } as const;
  await withTransaction(ctx, access, async (tx) => {
    await tx.users.lock(userId);
    await endSessions(tx, { userId, clientId: enrolmentClientId, openedUntil: enrolledAt }, 'enrolled');
  });
}
