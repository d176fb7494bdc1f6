import { UserIdSchema, UuidSchema } from '@bank/domain';
import { pageSchema } from '@bank/service-kit';
import * as v from 'valibot';

/** A user who was activated, as `auth` told. */
export const Activation = v.strictObject({ userId: UserIdSchema, activatedAt: v.date() });

const timestamp = v.pipe(v.string(), v.isoTimestamp());

/** A factor as its user sees it: never a secret. */
export const FactorView = v.strictObject({
  id: UuidSchema,
  type: v.picklist(['totp', 'sms', 'email', 'webauthn']),
  confirmedAt: timestamp,
  lastUsedAt: v.nullable(timestamp),
});
export type FactorView = v.InferOutput<typeof FactorView>;

export const FactorList = pageSchema(FactorView);
