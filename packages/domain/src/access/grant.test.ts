import { describe, expect, test } from 'vitest';
import type { Actor, UserActor } from '#access/actor.ts';
import { reachesAssurance } from '#access/actor.ts';
import { audiences } from '#access/audiences.ts';
import { allow } from '#access/grant.ts';
import { permissions, rolePermissions, roles } from '#access/permissions.ts';
import type { ErrorCode } from '#errors/catalogue.ts';
import { parse } from '#errors/parse.ts';
import { uuidv7 } from '#time/uuid.ts';
import { UserIdSchema } from '#user/user-id.ts';

const userId = parse(UserIdSchema, uuidv7());
const otherId = parse(UserIdSchema, uuidv7());
const anonymous: Actor = { kind: 'anonymous' };
const service: Actor = { kind: 'service', name: 'profile' };
const system: Actor = { kind: 'system', task: 'partitions' };

function user(changes: Partial<UserActor> = {}): UserActor {
  return {
    kind: 'user',
    userId,
    sessionId: uuidv7(),
    roles: ['customer'],
    acr: 'aal1',
    amr: ['pwd'],
    authTime: new Date(0),
    audience: audiences.customers,
    ...changes,
  };
}

function staff(changes: Partial<UserActor> = {}): UserActor {
  return user({ roles: ['support'], acr: 'aal2', audience: audiences.staff, ...changes });
}

function refusal(code: ErrorCode) {
  return expect.objectContaining({ code });
}

describe('allow.self', () => {
  test('lets users at what is their own', () => {
    const actor = user();
    expect(allow.self(actor, userId)).toEqual({ actor, rule: 'self' });
  });

  test('SR-65: hides what is not', () => {
    expect(() => allow.self(user(), otherId)).toThrow(refusal('user.not_found'));
  });

  test.each<[string, Actor, ErrorCode]>([
    ['nobody', anonymous, 'auth.token.missing'],
    ['a service', service, 'access.forbidden'],
    ['the system', system, 'access.forbidden'],
  ])('refuses %s', (_, actor, code) => {
    expect(() => allow.self(actor, userId)).toThrow(refusal(code));
  });
});

describe('allow.permission', () => {
  test('lets staff with the permission, at aal2', () => {
    const actor = staff();
    expect(allow.permission(actor, 'users.read').rule).toBe('permission:users.read');
  });

  test('SR-72: asks staff at aal1 to step up', () => {
    const attempt = () => allow.permission(staff({ roles: ['admin'], acr: 'aal1' }), 'users.read');
    expect(attempt).toThrow(expect.objectContaining({ code: 'auth.step_up.required', details: { acr: 'aal2' } }));
  });

  test.each(permissions)('SR-65: no customer has %s', (permission) => {
    expect(() => allow.permission(staff({ roles: ['customer'], acr: 'aal3' }), permission)).toThrow(
      refusal('access.forbidden'),
    );
  });

  test.each(['user-service', 'enrolment', 'anything'])('SR-56, SR-72: no token of audience %s has any', (audience) => {
    const attempt = () => allow.permission(staff({ roles: ['admin'], acr: 'aal3', audience }), 'users.read');
    expect(attempt).toThrow(refusal('access.forbidden'));
  });

  test.each<[string, Actor, ErrorCode]>([
    ['nobody', anonymous, 'auth.token.missing'],
    ['a service', service, 'access.forbidden'],
    ['the system', system, 'access.forbidden'],
    ['a person without roles', staff({ roles: [] }), 'access.forbidden'],
  ])('refuses %s', (_, actor, code) => {
    expect(() => allow.permission(actor, 'users.read')).toThrow(refusal(code));
  });
});

describe('allow.service', () => {
  test('lets the services named', () => {
    expect(allow.service(service, ['device', 'profile']).rule).toBe('service:profile');
  });

  test.each<[string, Actor]>([
    ['another service', { kind: 'service', name: 'mfa' }],
    ['nobody', anonymous],
    ['a user', user({ roles: ['admin'], acr: 'aal3' })],
    ['the system', system],
  ])('refuses %s', (_, actor) => {
    expect(() => allow.service(actor, ['profile'])).toThrow(refusal('access.forbidden'));
  });

  test('without names lets any service, and services only', () => {
    expect(allow.service(service).rule).toBe('service:profile');
    expect(() => allow.service(service, [])).toThrow(refusal('access.forbidden'));
    for (const actor of [anonymous, user({ roles: ['admin'], acr: 'aal3' }), system]) {
      expect(() => allow.service(actor)).toThrow(refusal('access.forbidden'));
    }
  });
});

test('allow.anyone and allow.system name their rule', () => {
  expect(allow.anyone(anonymous)).toEqual({ actor: anonymous, rule: 'anyone' });
  expect(allow.system('partitions')).toEqual({ actor: system, rule: 'system:partitions' });
});

describe('rolePermissions', () => {
  test('every permission belongs to some role', () => {
    const held = new Set(roles.flatMap((role) => rolePermissions[role]));
    expect([...held].sort()).toEqual([...permissions].sort());
  });

  test('who runs the system neither decides KYC cases nor places legal holds', () => {
    expect(rolePermissions.admin).not.toContain('kyc.decide');
    expect(rolePermissions.admin).not.toContain('legal_hold.manage');
  });
});

test.each([
  ['aal1', 'aal1', true],
  ['aal1', 'aal2', false],
  ['aal2', 'aal1', true],
  ['aal3', 'aal2', true],
] as const)('%s reaches %s: %s', (held, needed, reaches) => {
  expect(reachesAssurance(held, needed)).toBe(reaches);
});
