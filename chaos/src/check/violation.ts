import type { Violation } from '#check/history.ts';

/** Rules that several checks hold to. */
export const half = 'no half transaction';
export const twice = 'nothing is applied twice';

/** That a rule does not hold, and where. */
export function told(rule: string, detail: string): Violation {
  return { rule, detail };
}
