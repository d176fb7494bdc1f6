import { UuidSchema } from '@bank/domain';
import * as v from 'valibot';
import { PasswordSchema, renewalEntries } from '#features/session/schemas.ts';
import { ChallengeStartedSchema, CodeSchema, FactorAnswerSchema } from '#features/sign-in/schemas.ts';
import { TransactionSchema } from '#features/transaction/registry.ts';
import { AskedTransaction } from '#features/transaction/schemas.ts';

/**
 * `factorId` is that of a factor, or the session's own id for a code by email. For a transaction it is what approves it: a
 * device that has a key, a passkey, or a factor by text message.
 */
export const StepUpChallengeSchema = v.strictObject({
  factorId: UuidSchema,
  transaction: v.optional(TransactionSchema),
});

/** For a transaction: `challenge` is what the key of a device signs, `nonce` what its digest was hashed with for a passkey. */
export const StepUpStartedSchema = v.object({
  ...ChallengeStartedSchema.entries,
  challenge: v.optional(v.string()),
  nonce: v.optional(v.string()),
  transaction: v.optional(AskedTransaction),
});

const SignatureSchema = v.pipe(v.string(), v.regex(/^[\w-]{86}$/, 'base64url'));
const ResponseSchema = v.union([FactorAnswerSchema, v.strictObject({ signature: SignatureSchema })]);

/**
 * The answer to a challenge or, from a user without a factor, the password. What every route that gives tokens takes is taken
 * here too: `clientId` has to be the session's, and `device` says nothing that the session does not.
 */
export const StepUpSchema = v.pipe(
  v.strictObject({
    challengeId: v.optional(UuidSchema),
    response: v.optional(ResponseSchema),
    password: v.optional(PasswordSchema),
    code: v.optional(CodeSchema),
    ...renewalEntries,
  }),
  v.check(
    ({ challengeId, response, password, code }) =>
      password === undefined
        ? challengeId !== undefined && response !== undefined && code === undefined
        : challengeId === undefined && response === undefined,
    'one_proof',
  ),
);
