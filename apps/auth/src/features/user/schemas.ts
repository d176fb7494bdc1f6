import { roles } from '@bank/domain';
import * as v from 'valibot';

/** A user without addresses. */
export const UserSchema = v.object({
  id: v.string(),
  status: v.picklist(['active', 'locked', 'suspended', 'closed', 'erased']),
  roles: v.array(v.picklist(roles)),
  emailVerified: v.boolean(),
  phoneVerified: v.boolean(),
  createdAt: v.string(),
});

/** A user as they see themselves. */
export const MeSchema = v.object({
  ...UserSchema.entries,
  email: v.string(),
  phone: v.nullable(v.string()),
  phoneCodesFrom: v.nullable(v.string()),
});
