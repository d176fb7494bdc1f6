import { audiences, DomainError } from '@bank/domain';
import type { AppContext } from '#context.ts';
import type { Caller } from '#features/caller.ts';
import type { Client } from '#storage/sessions/client.repository.ts';

/**
 * The registered client that a caller says it is. A client of the other listener is unknown here, and nobody signs in as
 * the client of enrolments.
 * @throws auth.client.unknown, auth.origin.refused, auth.proof.invalid from a client that has to prove a key and does not
 */
export function resolveClient(ctx: AppContext, clientId: string, caller: Caller): Client {
  const client = ctx.clientRegistry.find(clientId);
  if (client === undefined || client.listener !== caller.listener || client.audience === audiences.enrolment) {
    throw new DomainError('auth.client.unknown', { reason: 'not registered for this listener' });
  }
  if (client.tokenDelivery === 'cookie') requireOrigin(ctx, caller);
  if (client.dpopPolicy === 'required' && caller.dpopJkt === undefined) {
    throw new DomainError('auth.proof.invalid', { reason: 'no proof from a client that has to have a key' });
  }
  return client;
}

/** The same where only customers have business. @throws auth.client.unknown, auth.origin.refused, auth.proof.invalid */
export function resolveCustomerClient(ctx: AppContext, clientId: string, caller: Caller): Client {
  const client = resolveClient(ctx, clientId, caller);
  if (client.audience === audiences.customers) return client;
  throw new DomainError('auth.client.unknown', { reason: 'not for customers' });
}

/**
 * Requests that carry or receive cookies must come from a page of ours: a browser sends `Origin` with every such write and
 * lets no page forge it (SR-61). @throws auth.origin.refused
 */
export function requireOrigin(ctx: AppContext, caller: Caller): void {
  const allowed = caller.listener === 'staff' ? ctx.config.STAFF_ORIGINS : ctx.config.WEB_ORIGINS;
  if (caller.origin === undefined || !allowed.includes(caller.origin)) {
    throw new DomainError('auth.origin.refused', { reason: 'origin is not on the list' });
  }
}
