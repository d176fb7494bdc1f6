import type { LedgerProblem, LedgerReport } from '#verify/report.ts';

/** A report in lines for the terminal: what is wrong first, then what was covered and what was not. */
export function describeReport(report: LedgerReport): string[] {
  const { problems, entries, checkpoints, openWindow, fromCheckpoint, milliseconds } = report;
  const seconds = milliseconds / 1000;
  const rate = Math.round(entries / Math.max(seconds, 0.001));
  const last = checkpoints.last;
  return [
    ...problems.map((problem) => `WRONG  ${describeProblem(problem)}`),
    problems.length === 0 ? 'the ledger is what was signed' : `${problems.length} problem(s), the first of each shard`,
    `entries      ${entries} read in ${seconds.toFixed(1)} s (${rate}/s)${
      fromCheckpoint === 0 ? '' : `, from checkpoint ${fromCheckpoint} on`
    }`,
    `checkpoints  ${checkpoints.verified} verified${
      last === null ? '' : `; the last is ${last.number}, of ${last.signedAt.toISOString()}`
    }${checkpoints.fileBehind ? `; the file lacks the last ${checkpoints.fileBehind}` : ''}`,
    `open window  ${openWindow.entries} entries that no checkpoint covers yet`,
    ...openWindow.shards.map(({ shard, first, last: end }) => `             shard ${shard}: ${first} to ${end}`),
  ];
}

function describeProblem({ shard, position, id, signedId, checkpoint, message }: LedgerProblem): string {
  const place = [
    shard === undefined ? `checkpoint ${checkpoint}` : `shard ${shard}`,
    ...(position === undefined ? [] : [`position ${position}`]),
    ...(id === undefined ? [] : [`entry ${id}`]),
  ].join(', ');
  return `${place}: ${message}${signedId === undefined ? '' : ` (signed was entry ${signedId})`}`;
}
