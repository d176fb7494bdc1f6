import { audiences, DomainError } from '@bank/domain';
import type { AppContext } from '#context.ts';
import type { Caller } from '#features/caller.ts';
import type { Client } from '#storage/sessions/client.repository.ts';

/**
 * The registered client that a caller says it is. A client of the other listener is unknown here, and nobody signs in as
 * the client of enrolments.
 * @throws auth.client.unknown, auth.origin.refused, service.unavailable, auth.proof.invalid from a client that has to prove a
 * key and does not
 */
export function resolveClient(ctx: AppContext, clientId: string, caller: Caller): Client {
  const client = ctx.clientRegistry.find(clientId);
  if (client === undefined || client.listener !== caller.listener || client.audience === audiences.enrolment) {
    throw new DomainError('auth.client.unknown', { reason: 'not registered for this listener' });
  }
  if (client.tokenDelivery === 'cookie' && !isFromPageOf(ctx, client, caller)) throw foreignPage();
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

/** Fetch Metadata of a page that the browser counts to our site: `SameSite=Strict` cookies go to no other. */
const ourSites: readonly (string | undefined)[] = [undefined, 'same-origin', 'same-site'];

/**
 * Whether a request that carries or receives cookies comes from a page of ours, and of the client where that is known: a
 * browser sends `Origin` with every such write, and `Sec-Fetch-Site` if it is not old, and lets no page forge them (SR-61).
 */
export function isFromPageOf(
  { config }: Pick<AppContext, 'config'>,
  client: Pick<Client, 'origins'> | undefined,
  { origin, fetchSite, listener }: Caller,
): boolean {
  const ours = listener === 'staff' ? config.STAFF_ORIGINS : config.WEB_ORIGINS;
  if (origin === undefined || !ours.includes(origin) || !ourSites.includes(fetchSite)) return false;
  return client === undefined || client.origins.length === 0 || client.origins.includes(origin);
}

/** What such a request is refused with. */
export function foreignPage(): DomainError {
  return new DomainError('auth.origin.refused', { reason: 'no page of the client' });
}
