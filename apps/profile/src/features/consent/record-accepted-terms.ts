import { withTransaction } from '@bank/database';
import { allow, parse, UserIdSchema } from '@bank/domain';
import type { AppContext } from '#context.ts';
import { addConsent } from '#features/consent/add-consent.ts';

/** The terms that a user accepted when registering, and when. `version` is empty when the system they came from told of none. */
export interface AcceptedTerms {
  readonly userId: string;
  readonly version: string;
  readonly at: Date;
}

/** Records them as the user's first consent, unless the user has decided on terms already. @throws request.invalid */
export async function recordAcceptedTerms(ctx: AppContext, input: AcceptedTerms): Promise<void> {
  const userId = parse(UserIdSchema, input.userId);
  if (input.version === '') return;
  const who = allow.system('record-accepted-terms');
  await withTransaction(ctx, { who, audits: ['consent.recorded'] }, async (tx) => {
    const latest = await tx.consents.holdLatest(userId, 'terms');
    if (latest !== undefined) return;
    await addConsent(tx, latest, {
      ...{ userId, purpose: 'terms', textVersion: input.version, decision: 'given', deviceId: null, sessionId: null },
      recordedAt: input.at,
    });
  });
}
