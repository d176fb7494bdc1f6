import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { mayActOn, mayActOnRank, rankOf, requireMayActOn, type Standing } from '#access/act-on.ts';
import { type ApprovalFacts, checkApproval, type Person } from '#access/approval-decision.ts';
import { approvalPayloads } from '#access/approval-payloads.ts';
import { approvalActions, isApprovalAction } from '#access/approvals.ts';
import { hasPermission, type Role, roles } from '#access/permissions.ts';
import type { ErrorCode } from '#errors/catalogue.ts';
import { parse } from '#errors/parse.ts';
import { uuidv7 } from '#time/uuid.ts';
import { UserIdSchema } from '#user/user-id.ts';
import type { UserState } from '#user/user-states.ts';

const newId = () => parse(UserIdSchema, uuidv7());
const anyRoles = fc.uniqueArray(fc.constantFrom(...roles), { maxLength: roles.length });
const anyState = fc.constantFrom<UserState>('active', 'locked', 'suspended', 'closed', 'erased');
const standing = (held: readonly Role[]): Standing => ({ userId: newId(), roles: held });
const person = (held: readonly Role[], status: UserState = 'active'): Person => ({ ...standing(held), status });
const refusal = (code: ErrorCode) => expect.objectContaining({ code });

describe('SR-72 who may act on whom', () => {
  const law = (holds: (a: readonly Role[], b: readonly Role[]) => void) =>
    fc.assert(
      fc.property(anyRoles, anyRoles, (one, other) => {
        holds(one, other);
      }),
      { numRuns: 500 },
    );

  test('nobody acts on themselves, whatever they are', () => {
    fc.assert(
      fc.property(anyRoles, anyRoles, (before, after) => {
        const self = standing(before);
        expect(mayActOn(self, { ...self, roles: after })).toBe(false);
      }),
    );
  });

  test('nobody without a staff role acts on anybody', () => {
    law((_, target) => expect(mayActOn(standing(['customer']), standing(target))).toBe(false));
    law((_, target) => expect(mayActOn(standing([]), standing(target))).toBe(false));
  });

  test('nobody acts on who stands above them, and two act on each other only as administrators', () => {
    law((one, other) => {
      const [a, b] = [standing(one), standing(other)];
      if (mayActOn(a, b)) expect(rankOf(one)).toBeGreaterThanOrEqual(rankOf(other));
      if (mayActOn(a, b) && mayActOn(b, a)) expect([one, other].every((held) => held.includes('admin'))).toBe(true);
    });
  });

  test('an administrator acts on everybody else, and everybody on who stands strictly below', () => {
    law((one, other) => {
      const allowed = mayActOn(standing(one), standing(other));
      expect(allowed).toBe(one.includes('admin') || rankOf(one) > rankOf(other));
      expect(mayActOnRank(one, other)).toBe(allowed);
    });
  });

  test('another role never takes reach away from the actor, nor gives any on the target', () => {
    fc.assert(
      fc.property(anyRoles, anyRoles, fc.constantFrom(...roles), (one, other, more) => {
        const [a, b] = [standing(one), standing(other)];
        if (mayActOn(a, b)) expect(mayActOn({ ...a, roles: [...one, more] }, b)).toBe(true);
        else expect(mayActOn(a, { ...b, roles: [...other, more] })).toBe(false);
      }),
    );
  });

  test('the refusal is a plain one', () => {
    expect(() => requireMayActOn(standing(['support']), standing(['admin']))).toThrow(refusal('access.forbidden'));
    expect(() => requireMayActOn(standing(['support']), standing(['customer']))).not.toThrow();
  });
});

describe('payloads of approvals', () => {
  const userId = newId();

  test('roles have one order, so that equal requests have equal digests', () => {
    const parsed = (held: Role[]) => parse(approvalPayloads['user.set_roles'], { userId, roles: held });
    expect(parsed(['support', 'admin'])).toEqual({ userId, roles: ['admin', 'support'] });
    expect(parsed(['admin', 'support'])).toEqual(parsed(['support', 'admin']));
  });

  test.each([
    ['none', [], 'min_length'],
    ['one twice', ['admin', 'admin'], 'repeated'],
    ['one nobody knows', ['owner'], 'picklist'],
  ])('roles cannot be %s', (_, held, rule) => {
    const error = { details: { errors: [expect.objectContaining({ rule })] } };
    expect(() => parse(approvalPayloads['user.set_roles'], { userId, roles: held })).toThrow(
      expect.objectContaining(error),
    );
  });

  test('an invitation is never one to be a customer', () => {
    const attempt = () => parse(approvalPayloads['staff.invite'], { invitationId: uuidv7(), roles: ['customer'] });
    expect(attempt).toThrow(refusal('request.invalid'));
  });

  test('nothing can be smuggled along', () => {
    const attempt = () => parse(approvalPayloads['user.close'], { userId, status: 'active' });
    expect(attempt).toThrow(refusal('request.invalid'));
  });

  test('actions are known by their own names alone', () => {
    expect(Object.keys(approvalActions).every(isApprovalAction)).toBe(true);
    expect(['toString', '__proto__', 'user.delete', 1, undefined].some(isApprovalAction)).toBe(false);
  });
});

describe('SR-71 an approval', () => {
  const good = (): ApprovalFacts => ({
    action: 'user.set_roles',
    maker: person(['admin']),
    checker: person(['admin']),
    target: standing(['customer']),
    granted: ['support'],
  });
  const decide = (changes: Partial<ApprovalFacts>) => () => checkApproval({ ...good(), ...changes });

  test('is executed when two people may and the target is beneath both', () => {
    expect(decide({})).not.toThrow();
    expect(decide({ target: undefined })).not.toThrow();
    expect(decide({ action: 'user.close', checker: person(['compliance']), granted: undefined })).not.toThrow();
  });

  test('is never executed by its maker', () => {
    const maker = person(['admin']);
    expect(decide({ maker, checker: { ...maker } })).toThrow(refusal('approval.own'));
  });

  test.each<[string, Partial<ApprovalFacts>, ErrorCode]>([
    ['a maker who was demoted', { maker: person(['support']) }, 'approval.invalid'],
    ['a maker who was locked', { maker: person(['admin'], 'locked') }, 'approval.invalid'],
    ['a maker who is gone', { maker: undefined }, 'approval.invalid'],
    ['a checker without the permission', { checker: person(['compliance']) }, 'access.forbidden'],
    ['a checker who was locked', { checker: person(['admin'], 'locked') }, 'access.forbidden'],
    ['a checker who is gone', { checker: undefined }, 'access.forbidden'],
    [
      'a checker who may not decide',
      { action: 'user.reset_factors', checker: person(['support']) },
      'access.forbidden',
    ],
    [
      'a target who stands as high',
      { action: 'user.close', maker: person(['compliance']), target: standing(['compliance']), granted: undefined },
      'access.forbidden',
    ],
  ])('is refused for %s', (_, changes, code) => {
    expect(decide(changes)).toThrow(refusal(code));
  });

  test('is refused when it concerns one of the two', () => {
    const { maker, checker } = good();
    expect(decide({ maker, target: maker })).toThrow(refusal('access.forbidden'));
    expect(decide({ checker, target: checker })).toThrow(refusal('access.forbidden'));
  });

  test('nothing is executed but by two different people in good standing with the permission', () => {
    const people = fc.record({ held: anyRoles, status: anyState });
    const action = fc.constantFrom(...Object.keys(approvalActions).filter(isApprovalAction));
    fc.assert(
      fc.property(action, people, people, anyRoles, fc.boolean(), (asked, one, two, target, same) => {
        const maker = person(one.held, one.status);
        const checker = { ...person(two.held, two.status), ...(same && { userId: maker.userId }) };
        try {
          checkApproval({ action: asked, maker, checker, target: standing(target) });
        } catch {
          return;
        }
        expect(maker.userId).not.toBe(checker.userId);
        for (const { roles: held, status } of [maker, checker]) {
          expect([status, hasPermission(held, approvalActions[asked])]).toEqual(['active', true]);
          expect(mayActOn(standing(held), standing(target))).toBe(true);
        }
        expect(hasPermission(checker.roles, 'approvals.decide')).toBe(true);
      }),
      { numRuns: 2000 },
    );
  });
});
