import type { ErrorEntry } from '#errors/kind.ts';

/** Authorisation in general, and the health of the service itself. */
export const serviceErrors = {
  'access.forbidden': { kind: 'forbidden', message: 'You may not do this.' },
  'access.caller.unknown': { kind: 'forbidden', message: 'The calling service may not use this method.' },
  'service.unavailable': { kind: 'unavailable', message: 'The service is not available; try again shortly.' },
  'service.overloaded': { kind: 'unavailable', message: 'The service is busy; try again shortly.' },
  'service.deadline': { kind: 'unavailable', message: 'The request took too long; try again.' },
  'service.internal': { kind: 'internal', message: 'Something went wrong on our side.' },
} as const satisfies Record<string, ErrorEntry>;
