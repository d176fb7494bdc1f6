import { UserIdSchema, UuidSchema, Uuidv7Schema } from '@bank/domain';
import { listQuery, pageSchema } from '@bank/service-kit';
import * as v from 'valibot';
import { platforms } from '#features/device/schemas.ts';

const acr = v.picklist(['aal1', 'aal2', 'aal3']);
const clientId = v.pipe(v.string(), v.maxLength(64));

/** A sign-in as `auth` told of it. */
export const SignInFacts = v.strictObject({
  eventId: Uuidv7Schema,
  userId: UserIdSchema,
  deviceId: UuidSchema,
  sessionId: UuidSchema,
  clientId,
  acr,
  amr: v.array(v.pipe(v.string(), v.maxLength(32))),
  platform: v.picklist(platforms),
  model: v.pipe(v.string(), v.maxLength(100)),
  appVersion: v.pipe(v.string(), v.maxLength(50)),
  signedInAt: v.date(),
});
export type SignInFacts = v.InferOutput<typeof SignInFacts>;

export const failureReasons = [
  'unspecified',
  'credentials',
  'locked',
  'status',
  'risk',
  'factor',
  'client',
  'compromised',
] as const;
export type FailureReason = (typeof failureReasons)[number];

/** An attempt that opened no session, as `auth` told of it. `deviceId` is empty when it came from no known device. */
export const FailureFacts = v.strictObject({
  eventId: Uuidv7Schema,
  userId: UserIdSchema,
  deviceId: v.union([v.literal(''), UuidSchema]),
  clientId,
  reason: v.picklist(failureReasons),
  failedAt: v.date(),
});

/** An attempt to sign in, to be judged. `knownDeviceId` is empty when no known device was presented. */
export const Attempt = v.strictObject({
  attemptId: Uuidv7Schema,
  userId: UserIdSchema,
  knownDeviceId: v.union([v.literal(''), UuidSchema]),
});

export const SignInPage = v.strictObject(listQuery);

/**
 * An attempt as the user sees it, without a place: no event of the system carries an address. What is unknown is `null`;
 * `risk` is how it looked by its device, and `current` the one that opened the session that asks.
 */
export const SignInView = v.strictObject({
  id: UuidSchema,
  at: v.pipe(v.string(), v.isoTimestamp()),
  outcome: v.picklist(['succeeded', 'failed']),
  reason: v.nullable(v.picklist(failureReasons)),
  deviceId: v.nullable(UuidSchema),
  clientId: v.string(),
  acr: v.nullable(acr),
  amr: v.nullable(v.array(v.string())),
  risk: v.nullable(v.strictObject({ score: v.number(), reasons: v.array(v.string()) })),
  current: v.boolean(),
});
export type SignInView = v.InferOutput<typeof SignInView>;

export const SignInList = pageSchema(SignInView);
