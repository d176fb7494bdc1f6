import { UuidSchema } from '@bank/domain';
import * as v from 'valibot';
import { PasswordSchema } from '#features/session/schemas.ts';
import { CodeSchema } from '#features/sign-in/schemas.ts';

/** `factorId` is that of a factor, or the session's own id for a code by email. */
export const StepUpChallengeSchema = v.strictObject({ factorId: UuidSchema });

/** The answer to a challenge or, from a user without a factor, his password. */
export const StepUpSchema = v.pipe(
  v.strictObject({
    challengeId: v.optional(UuidSchema),
    response: v.optional(v.strictObject({ code: CodeSchema })),
    password: v.optional(PasswordSchema),
    code: v.optional(CodeSchema),
  }),
  v.check(
    ({ challengeId, response, password, code }) =>
      password === undefined
        ? challengeId !== undefined && response !== undefined && code === undefined
        : challengeId === undefined && response === undefined,
    'one_proof',
  ),
);
