import { EmailSchema, PhoneNumberSchema, Uuidv7Schema } from '@bank/domain';
import * as v from 'valibot';
import { AssertionSchema, PasskeyQuestionSchema } from '#features/second-factor/assertion-schema.ts';
import { ClientIdSchema, DeviceSchema, PasswordSchema } from '#features/session/schemas.ts';

/** An email address or a phone number in international form; which of the two its shape says. */
export const IdentifierSchema = v.union(
  [
    v.pipe(
      EmailSchema,
      v.transform((value) => ({ kind: 'email' as const, value })),
    ),
    v.pipe(
      PhoneNumberSchema,
      v.transform((value) => ({ kind: 'phone' as const, value })),
    ),
  ],
  'identifier',
);
export type Identifier = v.InferOutput<typeof IdentifierSchema>;

export const SignInSchema = v.strictObject({
  identifier: IdentifierSchema,
  password: PasswordSchema,
  clientId: ClientIdSchema,
  device: v.optional(DeviceSchema),
});

export const ChallengeSchema = v.strictObject({ loginId: Uuidv7Schema, factorId: Uuidv7Schema });

export const CodeSchema = v.pipe(v.string('code'), v.regex(/^\d{6}$/, 'code'));

/** A recovery code as people type it; what it is worth mfa says. */
const RecoveryCodeSchema = v.pipe(v.string(), v.trim(), v.regex(/^[0-9A-Za-z -]{16,64}$/, 'recovery_code'));

/** A code of a kind whose codes are of another form, which that kind judges in mfa. */
const OtherCodeSchema = v.pipe(v.string('code'), v.regex(/^[0-9A-Za-z-]{4,32}$/, 'code'));

/** What a factor answers: a code, or the assertion of a passkey. */
export const FactorAnswerSchema = v.union([
  v.strictObject({ code: CodeSchema }),
  v.strictObject({ code: OtherCodeSchema }),
  AssertionSchema,
]);

/** The answer to a code that auth itself mailed. */
export const EmailedAnswerSchema = v.object({ response: v.strictObject({ code: CodeSchema }) });

/** The answer to a challenge, or a recovery code in place of one. */
export const CompleteSignInSchema = v.pipe(
  v.strictObject({
    loginId: Uuidv7Schema,
    challengeId: v.optional(Uuidv7Schema),
    response: v.optional(FactorAnswerSchema),
    recoveryCode: v.optional(RecoveryCodeSchema),
    clientId: ClientIdSchema,
    device: v.optional(DeviceSchema),
  }),
  v.check(
    ({ challengeId, response, recoveryCode }) =>
      recoveryCode === undefined
        ? challengeId !== undefined && response !== undefined
        : challengeId === undefined && response === undefined,
    'one_proof',
  ),
);
export type CompleteSignIn = v.InferOutput<typeof CompleteSignInSchema>;

export const FactorRequiredSchema = v.object({
  status: v.literal('mfa_required'),
  loginId: v.string(),
  factors: v.array(v.object({ id: v.string(), type: v.string(), hint: v.string() })),
  expiresIn: v.number(),
});

export const ChallengeStartedSchema = v.object({
  challengeId: v.string(),
  type: v.string(),
  expiresIn: v.number(),
  options: v.optional(PasskeyQuestionSchema),
});
