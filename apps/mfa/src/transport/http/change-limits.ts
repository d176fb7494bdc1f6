import type { HttpRequest } from '@bank/service-kit';

/**
 * What begins an enrolment or makes recovery codes, counted together for a user. What is refused counts as well: whoever has a session
 * that may change nothing can use these up for an hour, and with them no removal.
 */
export const changeLimits = [{ name: 'factors', points: 20, windowSeconds: 3600, by: 'user' }] as const;

/** Removals, counted for each session: none that may remove nothing keeps the user from removing what a thief has added (SR-20). */
export const removalLimits = [{ name: 'factor-removal', points: 20, windowSeconds: 3600, by: sessionOf }] as const;

function sessionOf({ actor }: Pick<HttpRequest, 'actor'>): string {
  return actor.kind === 'user' ? actor.sessionId : actor.kind;
}
