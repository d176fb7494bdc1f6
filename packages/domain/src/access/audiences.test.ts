import { describe, expect, test } from 'vitest';
import { audiences, countingRoles, staffRoles, worksHere } from '#access/audiences.ts';
import { type Role, roles } from '#access/permissions.ts';

describe('the roles that count', () => {
  test.each([
    [audiences.customers, ['customer']],
    [audiences.staff, ['support', 'compliance', 'admin']],
    [audiences.enrolment, []],
    ['another', []],
    ['constructor', []],
  ] as const)('for %s are %j', (audience, counting) => {
    expect(countingRoles(audience, roles)).toEqual(counting);
  });

  test('are held by the user', () => {
    expect(countingRoles(audiences.staff, ['customer'])).toEqual([]);
    expect(countingRoles(audiences.staff, ['customer', 'support'])).toEqual(['support']);
    expect(countingRoles(audiences.customers, ['admin'])).toEqual([]);
  });

  test('no role counts for customers and for staff', () => {
    expect(staffRoles).not.toContain('customer');
  });

  test('whoever holds any of those of staff works here, customer or not', () => {
    const held: readonly (readonly Role[])[] = [[], ['customer'], ['support'], ['customer', 'support']];
    expect(held.map(worksHere)).toEqual([false, false, true, true]);
  });
});
