import { EmailSchema, StaffRoleSetSchema, Uuidv7Schema } from '@bank/domain';
import * as v from 'valibot';
import { clientIdSchema, DeviceSchema, NewPasswordSchema } from '#features/session/schemas.ts';

export const ActivateSchema = v.strictObject({
  activationToken: v.pipe(v.string(), v.nonEmpty(), v.maxLength(256)),
  password: NewPasswordSchema,
  clientId: clientIdSchema('staff-console'),
  device: v.optional(DeviceSchema),
});

export const PrepareInvitationSchema = v.object({ email: EmailSchema, roles: StaffRoleSetSchema });

export const ViewInvitationSchema = v.strictObject({ invitationId: Uuidv7Schema, noteId: v.optional(Uuidv7Schema) });

export const CreateFirstAdminSchema = v.object({ email: EmailSchema });
