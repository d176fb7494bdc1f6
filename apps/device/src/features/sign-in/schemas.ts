import { UserIdSchema, UuidSchema, Uuidv7Schema } from '@bank/domain';
import * as v from 'valibot';
import { platforms } from '#features/device/schemas.ts';

/** A sign-in as `auth` told of it. */
export const SignInFacts = v.strictObject({
  eventId: Uuidv7Schema,
  userId: UserIdSchema,
  deviceId: UuidSchema,
  sessionId: UuidSchema,
  clientId: v.pipe(v.string(), v.maxLength(64)),
  acr: v.picklist(['aal1', 'aal2', 'aal3']),
  platform: v.picklist(platforms),
  model: v.pipe(v.string(), v.maxLength(100)),
  appVersion: v.pipe(v.string(), v.maxLength(50)),
  signedInAt: v.date(),
});
export type SignInFacts = v.InferOutput<typeof SignInFacts>;

/** An attempt to sign in, to be judged. `knownDeviceId` is empty when no known device was presented. */
export const Attempt = v.strictObject({
  attemptId: Uuidv7Schema,
  userId: UserIdSchema,
  knownDeviceId: v.union([v.literal(''), UuidSchema]),
});
