import * as v from 'valibot';
import type { Role } from '#access/permissions.ts';
import { roles } from '#access/permissions.ts';

/** All roles of a person: at least one, each once. Sorted. */
export const RoleSetSchema = v.pipe(
  v.array(v.picklist(roles)),
  v.minLength(1),
  v.check((held) => new Set(held).size === held.length, 'repeated'),
  v.transform((held): readonly Role[] => held.toSorted()),
);

/** All roles of a member of staff. Sorted. */
export const StaffRoleSetSchema = v.pipe(
  RoleSetSchema,
  v.check((held) => held.every((role) => role !== 'customer'), 'staff_role'),
);
