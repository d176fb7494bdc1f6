/**
 * All that changes by what somebody is let in, counted together: each is told in a mail and in the ledger. Fewer than the mails of that
 * kind that one address gets in an hour, so that no session keeps back what tells of its last change (SR-20).
 */
export const changeLimits = [{ name: 'factors', points: 20, windowSeconds: 3600, by: 'user' }] as const;
