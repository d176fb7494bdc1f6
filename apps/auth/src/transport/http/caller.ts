import type { HttpRequest } from '@bank/service-kit';
import type { Caller } from '#features/caller.ts';

export const refreshCookie = '__Secure-refresh';
export const deviceCookie = '__Secure-device';

/** The gateway says by which listener a request came; it lets no client say so (SR-17). */
const listenerHeader = 'x-bank-listener';

/** Who calls, as the features see it. */
export function callerOf(request: HttpRequest): Caller {
  return {
    actor: request.actor,
    clientAddress: request.clientAddress,
    listener: request.header(listenerHeader) === 'staff' ? 'staff' : 'public',
    userAgent: request.header('user-agent'),
    origin: request.header('origin'),
    fetchSite: request.header('sec-fetch-site'),
    dpopJkt: request.proof?.jkt,
    cookies: { refreshToken: request.cookie(refreshCookie), deviceSecret: request.cookie(deviceCookie) },
  };
}
