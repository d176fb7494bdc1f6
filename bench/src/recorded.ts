import { isReached, type Row } from '#row.ts';

/** How much worse a figure may come out than before, in a run on another machine of the same kind or in another hour. */
const slack = 1.1;

/**
 * Figures that do not reach what they must in every run, as `docs/performance.md` has them: the worst run there. By case and what
 * was measured. A row that is not here has to reach what it must.
 */
const recorded: Readonly<Record<string, number>> = {
  'lookup staff search by address, users_1000000: p99': 4.5,
  'lookup staff search by status, users_1000000: p99': 4.5,
};

/** Whether a row did not become worse: it reached what it must, or is about where it was recorded. */
export function isAsRecorded(row: Pick<Row, 'case' | 'what' | 'figure' | 'must'>, figures = recorded): boolean {
  if (isReached(row) !== false) return true;
  const before = figures[`${row.case} ${row.what}`];
  if (before === undefined || row.must === undefined) return false;
  return 'atLeast' in row.must ? row.figure >= before / slack : row.figure <= before * slack;
}
