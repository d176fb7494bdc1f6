import { audiences, countingRoles, DomainError, type Role } from '@bank/domain';
import type { AppContext } from '#context.ts';
import type { Client } from '#storage/sessions/client.repository.ts';

/** Sessions in which a member of staff enrols a factor. Nobody signs in under this name. */
export const enrolmentClientId = 'staff-enrolment';

/** Whether somebody with these roles may have a session of that client: customers as customers, staff as staff. */
export function isEntitled({ audience }: Pick<Client, 'audience'>, roles: readonly Role[]): boolean {
  return countingRoles(audience === audiences.enrolment ? audiences.staff : audience, roles).length > 0;
}

/**
 * Whether a request about a session names the client of it, or none. A session for enrolment was asked for, and goes on being
 * asked for, under the name of the staff's client.
 */
export function isCalled(
  { clientRegistry }: Pick<AppContext, 'clientRegistry'>,
  client: Pick<Client, 'id' | 'audience'>,
  clientId: string | undefined,
): boolean {
  if (clientId === undefined || clientId === client.id) return true;
  return client.audience === audiences.enrolment && clientRegistry.find(clientId)?.audience === audiences.staff;
}

/** The client of sessions that are good for enrolling a factor and nothing else. @throws service.unavailable */
export function enrolmentClient(ctx: Pick<AppContext, 'clientRegistry'>): Client {
  const client = ctx.clientRegistry.find(enrolmentClientId);
  if (client === undefined) throw new DomainError('service.unavailable', { reason: 'no client for enrolment' });
  return client;
}
