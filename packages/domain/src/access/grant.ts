import type { Actor, UserActor } from '#access/actor.ts';
import { reachesAssurance } from '#access/actor.ts';
import { audiences } from '#access/audiences.ts';
import type { Permission } from '#access/permissions.ts';
import { hasPermission } from '#access/permissions.ts';
import { DomainError } from '#errors/domain-error.ts';
import type { UserId } from '#user/user-id.ts';

declare const granted: unique symbol;

/** Proof that somebody was allowed to do something, and by which rule. Only the functions of `allow` make one. */
export interface Grant {
  readonly actor: Actor;
  readonly rule: string;
  readonly [granted]: true;
}

function grant(actor: Actor, rule: string): Grant {
  return Object.freeze({ actor, rule }) as Grant;
}

/** The signed-in person behind a request: whose things these are. @throws auth.token.missing, access.forbidden */
export function requireUser(actor: Actor): UserActor {
  if (actor.kind === 'user') {
    return actor;
  }
  throw actor.kind === 'anonymous'
    ? new DomainError('auth.token.missing')
    : new DomainError('access.forbidden', { reason: `${actor.kind} where a user is needed` });
}

/** For what is open to everybody, signed in or not. */
function anyone(actor: Actor): Grant {
  return grant(actor, 'anyone');
}

/**
 * For what belongs to the user who asks. Somebody else's thing answers exactly like a missing one (SR-65).
 * @throws auth.token.missing, access.forbidden, user.not_found
 */
function self(actor: Actor, userId: UserId): Grant {
  if (requireUser(actor).userId !== userId) {
    throw new DomainError('user.not_found', { reason: 'not the owner' });
  }
  return grant(actor, 'self');
}

/**
 * For staff. Every permission needs a session of the staff's own audience at `aal2`, whatever the route said (SR-72).
 * @throws auth.token.missing, access.forbidden, auth.step_up.required
 */
function permission(actor: Actor, needed: Permission): Grant {
  const user = requireUser(actor);
  if (user.audience !== audiences.staff) {
    throw new DomainError('access.forbidden', { reason: `${needed} with a token of another audience` });
  }
  if (!hasPermission(user.roles, needed)) {
    throw new DomainError('access.forbidden', { reason: `lacks ${needed}` });
  }
  if (!reachesAssurance(user.acr, 'aal2')) {
    throw new DomainError('auth.step_up.required', { reason: `${needed} at ${user.acr}`, details: { acr: 'aal2' } });
  }
  return grant(actor, `permission:${needed}`);
}

/** For the services named, or for every service that the caller table let through. @throws access.forbidden */
function service(actor: Actor, names?: readonly string[]): Grant {
  if (actor.kind !== 'service' || names?.includes(actor.name) === false) {
    throw new DomainError('access.forbidden', { reason: 'not a listed service' });
  }
  return grant(actor, `service:${actor.name}`);
}

/** For our own work without a caller: a consumer, a job, an operator command, named in the audit. */
function system(task: string): Grant {
  return grant({ kind: 'system', task }, `system:${task}`);
}

export const allow = { anyone, self, permission, service, system } as const;
