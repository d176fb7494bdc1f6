import { EmailSchema, PhoneNumberSchema, UserIdSchema, Uuidv7Schema } from '@bank/domain';
import * as v from 'valibot';
import { CodeSchema } from '#features/sign-in/schemas.ts';

export const ChangePhoneSchema = v.strictObject({ phone: PhoneNumberSchema });
export const ChangeEmailSchema = v.strictObject({ email: EmailSchema });
export const VerifyContactSchema = v.strictObject({ code: CodeSchema });
export const RevertEmailSchema = v.strictObject({ token: v.pipe(v.string(), v.nonEmpty(), v.maxLength(256)) });
export const ResendVerificationSchema = v.object({ userId: UserIdSchema, noteId: Uuidv7Schema });

export const ChangeStartedSchema = v.object({ expiresIn: v.number() });
export const PhoneVerifiedSchema = v.object({ phone: v.string(), phoneVerified: v.literal(true) });
export const EmailVerifiedSchema = v.object({ email: v.string(), emailVerified: v.literal(true) });
