import { type Role, roles } from '#access/permissions.ts';

/** Whom an access token is for: the routes of customers, those of staff, and the few that enrol a member of staff's factor. */
export const audiences = { customers: 'user-service', staff: 'user-service-staff', enrolment: 'enrolment' } as const;
export type Audience = (typeof audiences)[keyof typeof audiences];

/** What a member of staff can be to the bank. A person may hold one of these and be a customer as well. */
export const staffRoles = roles.filter((role) => role !== 'customer');

/** Whether somebody of these roles is a member of staff, whatever else they are. */
export function worksHere(held: readonly Role[]): boolean {
  return staffRoles.some((role) => held.includes(role));
}

const rolesByAudience: Readonly<Record<Audience, readonly Role[]>> = {
  [audiences.customers]: ['customer'],
  [audiences.staff]: staffRoles,
  [audiences.enrolment]: [],
};

/**
 * The roles that count for an audience, of those a user holds. Without any the user has no business there: a session for
 * customers never carries a right of staff, and the other way round. An audience that is not known counts none.
 */
export function countingRoles(audience: string, held: readonly Role[]): readonly Role[] {
  const counting = Object.hasOwn(rolesByAudience, audience) ? rolesByAudience[audience as Audience] : [];
  return held.filter((role) => counting.includes(role));
}
