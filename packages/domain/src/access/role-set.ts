import * as v from 'valibot';
import type { Role } from '#access/permissions.ts';
import { roles } from '#access/permissions.ts';

const staffRoles = ['support', 'compliance', 'admin'] as const satisfies readonly Role[];

/** Whether any of the roles makes its holder a member of staff. */
export function isStaff(held: readonly Role[]): boolean {
  return held.some((role) => role !== 'customer');
}

/** All roles of a person: at least one, and either those of staff or `customer`, so that nobody serves himself. Sorted. */
export const RoleSetSchema = v.pipe(
  v.array(v.picklist(roles)),
  v.minLength(1),
  v.check((held) => new Set(held).size === held.length, 'repeated'),
  v.check((held) => !(isStaff(held) && held.includes('customer')), 'customer_or_staff'),
  v.transform((held): readonly Role[] => held.toSorted()),
);

/** All roles of a member of staff. Sorted. */
export const StaffRoleSetSchema = v.pipe(
  v.array(v.picklist(staffRoles)),
  v.minLength(1),
  v.check((held) => new Set(held).size === held.length, 'repeated'),
  v.transform((held): readonly Role[] => held.toSorted()),
);
