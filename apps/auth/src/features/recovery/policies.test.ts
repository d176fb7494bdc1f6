import { expect, test } from 'vitest';
import { refusalOf } from './policies.ts';

const user = { status: 'active', roles: ['customer'], emailVerifiedAt: new Date() } as const;

test('customers who are active or locked recover their own account', () => {
  expect([refusalOf(user), refusalOf({ ...user, status: 'locked' })]).toEqual([undefined, undefined]);
});

test('SR-72 whoever works here does not, nor who is stopped by the bank, nor by an address that was never proven', () => {
  expect(refusalOf(undefined)).toBe('nobody');
  for (const role of ['support', 'compliance', 'admin'] as const) {
    expect([refusalOf({ ...user, roles: [role] }), refusalOf({ ...user, roles: ['customer', role] })]).toEqual([
      'staff',
      'staff',
    ]);
  }
  for (const status of ['suspended', 'closed', 'erased'] as const)
    expect(refusalOf({ ...user, status })).toBe('status');
  expect(refusalOf({ ...user, emailVerifiedAt: null })).toBe('unproven');
});
