import { UserIdSchema, UuidSchema } from '@bank/domain';
import { pageSchema } from '@bank/service-kit';
import * as v from 'valibot';
import { factorTypes } from '#storage/factor.entity.ts';

/** A user who was activated, as `auth` told. */
export const Activation = v.strictObject({ userId: UserIdSchema, activatedAt: v.date() });

const timestamp = v.pipe(v.string(), v.isoTimestamp());
const Label = v.pipe(v.string(), v.trim(), v.nonEmpty(), v.maxLength(64));

/** The code of an authenticator app. */
export const TotpCode = v.pipe(v.string('code'), v.regex(/^\d{6}$/, 'code'));

export const FactorParams = v.strictObject({ id: UuidSchema });
export const TotpEnrolment = v.strictObject({ label: v.optional(Label, 'Authenticator app') });
export const Confirmation = v.strictObject({ code: TotpCode });
export const FactorPatch = v.strictObject({ label: Label });

/** What an authenticator app needs to know, told once. `qr` is the same URI as an SVG image in a `data:` URL. */
export const TotpSecretView = v.strictObject({
  factorId: UuidSchema,
  secret: v.string(),
  uri: v.string(),
  qr: v.string(),
  expiresIn: v.number(),
});
export type TotpSecretView = v.InferOutput<typeof TotpSecretView>;

/** A factor as its user sees it: never a secret. */
export const FactorView = v.strictObject({
  id: UuidSchema,
  type: v.picklist(factorTypes),
  label: v.string(),
  confirmedAt: timestamp,
  lastUsedAt: v.nullable(timestamp),
});
export type FactorView = v.InferOutput<typeof FactorView>;

export const FactorList = pageSchema(FactorView);
