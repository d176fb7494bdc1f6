import { UserIdSchema, Uuidv7Schema } from '@bank/domain';
import * as v from 'valibot';
import { IdentifierSchema } from '#features/sign-in/schemas.ts';

const TokenSchema = v.pipe(v.string(), v.nonEmpty(), v.maxLength(256));

export const StartRecoverySchema = v.strictObject({ identifier: IdentifierSchema });

export const CompleteRecoverySchema = v.strictObject({
  token: TokenSchema,
  recoveryCode: v.optional(v.pipe(v.string(), v.nonEmpty(), v.maxLength(64))),
});

export const CancelRecoverySchema = v.strictObject({ token: TokenSchema });

export const FindRecoverySchema = v.strictObject({ userId: UserIdSchema });

export const ApproveRecoverySchema = v.strictObject({
  userId: UserIdSchema,
  recoveryId: Uuidv7Schema,
  noteId: Uuidv7Schema,
  approval: v.pipe(v.string(), v.nonEmpty(), v.maxLength(4096)),
});

/** How a recovery stands once its first proof is used. */
export const RecoveryStandingSchema = v.object({
  status: v.picklist(['waiting', 'in_review']),
  completesAt: v.nullable(v.string()),
});
export type RecoveryStanding = v.InferOutput<typeof RecoveryStandingSchema>;
