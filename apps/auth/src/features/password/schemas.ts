import { UserIdSchema, Uuidv7Schema } from '@bank/domain';
import * as v from 'valibot';
import { NewPasswordSchema, PasswordSchema } from '#features/session/schemas.ts';
import { IdentifierSchema } from '#features/sign-in/schemas.ts';

export const ForgotPasswordSchema = v.strictObject({ identifier: IdentifierSchema });

export const ResetPasswordSchema = v.strictObject({
  token: v.pipe(v.string(), v.nonEmpty(), v.maxLength(256)),
  password: NewPasswordSchema,
});

export const ChangePasswordSchema = v.strictObject({ currentPassword: PasswordSchema, newPassword: NewPasswordSchema });

export const StartPasswordResetSchema = v.object({ userId: UserIdSchema, noteId: Uuidv7Schema });
