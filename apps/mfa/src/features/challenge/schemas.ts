import { UserIdSchema, UuidSchema } from '@bank/domain';
import * as v from 'valibot';
import { TotpCode } from '#features/factor/schemas.ts';
import { challengePurposes } from '#storage/challenge.entity.ts';

const binding = { userId: UserIdSchema, purpose: v.picklist(challengePurposes), bindingId: UuidSchema };

export const ChallengeStart = v.strictObject({ ...binding, factorId: UuidSchema });

/** An answer to a challenge, or a recovery code in place of one: for sign-ins and recoveries. */
export const Answer = v.union([
  v.strictObject({ ...binding, challengeId: UuidSchema, code: TotpCode }),
  v.strictObject({
    ...binding,
    purpose: v.picklist(['sign_in', 'recovery']),
    recoveryCode: v.pipe(v.string(), v.nonEmpty(), v.maxLength(64)),
  }),
]);
export type Answer = v.InferOutput<typeof Answer>;
