import { UuidSchema } from '@bank/domain';
import * as v from 'valibot';
import { Label } from '#features/factor/schemas.ts';

export const TotpEnrolment = v.strictObject({ label: v.optional(Label, 'Authenticator app') });

/** What an authenticator app needs to know, told once. `qr` is the same URI as an SVG image in a `data:` URL. */
export const TotpSecretView = v.strictObject({
  factorId: UuidSchema,
  secret: v.string(),
  uri: v.string(),
  qr: v.string(),
  expiresIn: v.number(),
});
export type TotpSecretView = v.InferOutput<typeof TotpSecretView>;
