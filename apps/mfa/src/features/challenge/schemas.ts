import { audiences, UserIdSchema, UuidSchema } from '@bank/domain';
import * as v from 'valibot';
import { RecoveryCodeResponse } from '#factor-types/recovery-code/schemas.ts';
import { responseShapes } from '#factor-types/registry.ts';
import { challengePurposes } from '#storage/challenge.entity.ts';

const binding = { userId: UserIdSchema, purpose: v.picklist(challengePurposes), bindingId: UuidSchema };

/** What is to be approved: in one line, and as its SHA-256. */
const TransactionSchema = v.strictObject({
  text: v.pipe(v.string(), v.minLength(1), v.maxLength(60)),
  digest: v.pipe(v.instance(Uint8Array<ArrayBufferLike>), v.length(32)),
});

/** A transaction says what it is, and nothing else does. */
export const ChallengeStart = v.pipe(
  v.strictObject({ ...binding, factorId: UuidSchema, transaction: v.optional(TransactionSchema) }),
  v.check(({ purpose, transaction }) => (purpose === 'transaction') === (transaction !== undefined), 'transaction'),
);

/** A code of any form: one that is not of the form of its kind is a wrong answer, and counted as one. */
const AnyCode = v.strictObject({ code: v.pipe(v.string(), v.maxLength(64)) });

/** Whom the session is for; callers of the release before do not say. */
const audience = v.optional(v.picklist(Object.values(audiences)));

/** An answer to a challenge, or a recovery code in place of one: for sign-ins and recoveries. */
export const Answer = v.union([
  v.strictObject({ ...binding, audience, challengeId: UuidSchema, response: v.union([AnyCode, ...responseShapes]) }),
  v.strictObject({
    ...binding,
    audience,
    purpose: v.picklist(['sign_in', 'recovery']),
    response: RecoveryCodeResponse,
  }),
]);
export type Answer = v.InferOutput<typeof Answer>;
