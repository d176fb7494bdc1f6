import type { Violation } from '#check/history.ts';

/** Rules that several checks hold to. */
export const half = 'no half transaction';
export const twice = 'nothing is applied twice';

/** That a rule does not hold, and where. */
export function told(rule: string, detail: string): Violation {
  return { rule, detail };
}

/** That something was told more, or less, often than it happened. */
export function exactly(wanted: number, found: number | undefined, what: string): Violation[] {
  const count = found ?? 0;
  if (count === wanted) return [];
  return [{ rule: count > wanted ? twice : half, detail: `${what} was told ${count} times, not ${wanted}` }];
}
