import { Uuidv7Schema } from '@bank/domain';
import * as v from 'valibot';
import { AssertionSchema, PasskeyQuestionSchema } from '#features/second-factor/assertion-schema.ts';
import { ClientIdSchema, DeviceSchema } from '#features/session/schemas.ts';

export const AskPasskeySchema = v.strictObject({ clientId: ClientIdSchema });

export const PasskeyAskedSchema = v.object({
  loginId: v.string(),
  options: PasskeyQuestionSchema,
  expiresIn: v.number(),
});

export const PasskeySignInSchema = v.strictObject({
  loginId: Uuidv7Schema,
  response: AssertionSchema,
  clientId: ClientIdSchema,
  device: v.optional(DeviceSchema),
});
