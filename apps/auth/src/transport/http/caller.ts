import { type HttpRequest, listenerOf } from '@bank/service-kit';
import type { Caller } from '#features/caller.ts';

export const refreshCookie = '__Secure-refresh';
export const deviceCookie = '__Secure-device';

/** Who calls, as the features see it. */
export function callerOf(request: HttpRequest): Caller {
  return {
    actor: request.actor,
    clientAddress: request.clientAddress,
    listener: listenerOf(request),
    userAgent: request.header('user-agent'),
    origin: request.header('origin'),
    fetchSite: request.header('sec-fetch-site'),
    dpopJkt: request.proof?.jkt,
    cookies: { refreshToken: request.cookie(refreshCookie), deviceSecret: request.cookie(deviceCookie) },
  };
}
