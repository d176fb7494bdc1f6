import { audiences, UserIdSchema, UuidSchema } from '@bank/domain';
import * as v from 'valibot';
import { RecoveryCodeResponse } from '#features/factor-types/recovery-code/schemas.ts';
import { responseShapes } from '#features/factor-types/registry.ts';
import { challengePurposes } from '#storage/challenge.entity.ts';

const binding = { userId: UserIdSchema, purpose: v.picklist(challengePurposes), bindingId: UuidSchema };

/** A transaction comes with the line that states it, and nothing else does. */
export const ChallengeStart = v.pipe(
  v.strictObject({
    ...binding,
    factorId: UuidSchema,
    transactionText: v.optional(v.pipe(v.string(), v.minLength(1), v.maxLength(60))),
  }),
  v.check(
    ({ purpose, transactionText }) => (purpose === 'transaction') === (transactionText !== undefined),
    'transaction_text',
  ),
);

/** Whom the session is for; callers of the release before do not say. */
const audience = v.optional(v.picklist(Object.values(audiences)));

/** An answer to a challenge, or a recovery code in place of one: for sign-ins and recoveries. */
export const Answer = v.union([
  v.strictObject({ ...binding, audience, challengeId: UuidSchema, response: v.union(responseShapes) }),
  v.strictObject({
    ...binding,
    audience,
    purpose: v.picklist(['sign_in', 'recovery']),
    response: RecoveryCodeResponse,
  }),
]);
export type Answer = v.InferOutput<typeof Answer>;
