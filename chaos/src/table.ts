import { median, textTable } from '@bank/test-bed';
import { holds, type Row } from '#row.ts';

const heading = ['fault', 'acknowledged', 'received', 'again', 'back p50', 'back max', 'settled', 'figures', 'holds?'];
const shownOfEach = 5;

/** The rows as a table for the terminal; below it what did not hold, and notes. */
export function tableOf(rows: readonly Row[]): string {
  const below = rows.flatMap((row) => [...complaintsOf(row), ...row.notes.map((note) => `  ${row.fault}: ${note}`)]);
  return [...textTable(heading, rows.map(cells)), ...(below.length === 0 ? [] : ['', ...below])].join('\n');
}

function cells(row: Row): string[] {
  const { recoveriesMs, settledMs } = row;
  return [
    row.fault,
    String(row.acknowledged),
    String(row.received),
    String(row.repetitions),
    recoveriesMs.length === 0 ? '–' : seconds(median(recoveriesMs)),
    recoveriesMs.length === 0 ? '–' : seconds(Math.max(...recoveriesMs)),
    seconds(settledMs),
    Object.entries(row.figures)
      .map(([name, value]) => `${name} ${value}`)
      .join(', '),
    holds(row) ? 'yes' : 'NO',
  ];
}

function seconds(ms: number): string {
  return Number.isFinite(ms) ? `${(ms / 1000).toFixed(1)} s` : 'never';
}

function complaintsOf({ fault, broken, violations }: Row): string[] {
  const byRule = Map.groupBy(violations, ({ rule }) => rule);
  return [
    ...broken.map((line) => `  BROKEN ${fault}: ${line}`),
    ...[...byRule].flatMap(([rule, those]) => [
      `  BROKEN ${fault}: ${rule}: ${those.length} times`,
      ...those.slice(0, shownOfEach).map(({ detail }) => `    ${detail}`),
    ]),
  ];
}
