import { createHash } from 'node:crypto';
import {
  type ApprovalAction,
  approvalActions,
  approvalPayloads,
  isApprovalAction,
  parse,
  type Role,
} from '@bank/domain';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { approvalDigest } from '#approval/digest.ts';

const userId = '01980000-0000-7000-8000-000000000001';
const setRoles = (roles: readonly Role[], id = userId) =>
  approvalDigest('user.set_roles', parse(approvalPayloads['user.set_roles'], { userId: id, roles }));

describe('SR-71 the digest of an approval', () => {
  test('is that of the canonical JSON of action and payload', () => {
    const text = `{"action":"user.set_roles","roles":["admin","support"],"userId":"${userId}"}`;
    expect(setRoles(['support', 'admin'])).toEqual(createHash('sha256').update(text).digest());
  });

  test('is the same for the same roles in any order, and another for anything else', () => {
    expect(setRoles(['support', 'admin'])).toEqual(setRoles(['admin', 'support']));
    expect(setRoles(['support'])).not.toEqual(setRoles(['admin']));
    expect(setRoles(['support'])).not.toEqual(setRoles(['support'], userId.replace(/1$/, '2')));
  });

  test('tells actions on one person apart', () => {
    const about = (action: ApprovalAction) => action !== 'user.set_roles' && action !== 'staff.invite';
    const actions = Object.keys(approvalActions).filter(isApprovalAction).filter(about);
    const anyId = fc.constantFrom(userId, userId.replace(/1$/, '2'));
    const asked = fc.tuple(fc.constantFrom(...actions), anyId);
    const digestOf = ([action, id]: [ApprovalAction, string]) =>
      Buffer.from(approvalDigest(action, parse(approvalPayloads['user.close'], { userId: id }))).toString('hex');
    fc.assert(
      fc.property(asked, asked, (one, other) => {
        expect(digestOf(one) === digestOf(other)).toBe(one.join() === other.join());
      }),
    );
  });
});
