import { EmailSchema, PhoneNumberSchema, Uuidv7Schema } from '@bank/domain';
import * as v from 'valibot';
import { ClientIdSchema, DeviceSchema, NewPasswordSchema } from '#features/session/schemas.ts';

/** A language tag as clients send it (the common subset of BCP 47). */
export const LocaleSchema = v.pipe(
  v.string('locale'),
  v.maxLength(35, 'locale'),
  v.regex(/^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$/, 'locale'),
);

export const StartRegistrationSchema = v.strictObject({
  email: EmailSchema,
  password: NewPasswordSchema,
  phone: v.optional(PhoneNumberSchema),
  locale: v.optional(LocaleSchema),
  acceptedTerms: v.pipe(v.string(), v.regex(/^[A-Za-z0-9._-]{1,32}$/, 'version')),
});

/** Six digits, or the secret of a one-time link (43 characters of base64url). */
const VerificationCodeSchema = v.pipe(v.string('code'), v.regex(/^(?:\d{6}|[A-Za-z0-9_-]{43})$/, 'code'));

export const VerifyRegistrationSchema = v.strictObject({
  registrationId: Uuidv7Schema,
  code: VerificationCodeSchema,
  clientId: ClientIdSchema,
  device: v.optional(DeviceSchema),
});

export const ResendRegistrationSchema = v.strictObject({ registrationId: Uuidv7Schema });

export const RegistrationStartedSchema = v.object({ registrationId: v.string(), expiresIn: v.number() });
