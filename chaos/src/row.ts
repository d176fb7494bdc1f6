import type { Violation } from '#check/history.ts';

/** What came of one fault, checked. */
export interface Row {
  readonly fault: string;
  readonly what: string;
  /** Writes that clients were told are done, from the beginning of the fault to the end of its load. */
  readonly acknowledged: number;
  /** Messages that were received meanwhile, and how many of them again. */
  readonly received: number;
  readonly repetitions: number;
  readonly recoveriesMs: readonly number[];
  /** From the end of the load until everything held. */
  readonly settledMs: number;
  readonly figures: Readonly<Record<string, number | string>>;
  /** What did not hold while the fault lasted. */
  readonly broken: readonly string[];
  /** What did not hold afterwards. */
  readonly violations: readonly Violation[];
  readonly notes: readonly string[];
}

export function holds({ broken, violations }: Pick<Row, 'broken' | 'violations'>): boolean {
  return broken.length === 0 && violations.length === 0;
}
