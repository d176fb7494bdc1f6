import { textTable } from '@bank/test-bed';
import { isReached, type Quantity, type Requirement, type Row } from '#row.ts';

const heading = ['case', 'what', 'measured', 'limit', 'ratio', 'must reach', 'reached?'];

/** The rows as a table for the terminal; notes stand below it. */
export function tableOf(rows: readonly Row[]): string {
  const printed = textTable(heading, rows.map(cells));
  const notes = rows.flatMap((row) => row.notes.map((note) => `  ${row.case}: ${note}`));
  return [...printed, ...(notes.length === 0 ? [] : ['', ...notes])].join('\n');
}

function cells(row: Row): string[] {
  const { limit, must } = row;
  const reached = isReached(row);
  return [
    row.case,
    row.what,
    quantity(row.measured),
    limit === undefined ? '–' : `${quantity(limit)} ${limit.what}`,
    limit === undefined ? '–' : row.figure.toFixed(2),
    must === undefined ? '–' : requirement(must, limit === undefined ? row.measured.unit : ''),
    reached === undefined ? '–' : reached ? 'yes' : 'NO',
  ];
}

function requirement(must: Requirement, unit: string): string {
  const text = 'atLeast' in must ? `≥ ${must.atLeast}` : `≤ ${must.atMost}`;
  return unit === '' ? text : `${text} ${unit}`;
}

function quantity({ value, unit }: Quantity): string {
  return `${rounded(value)} ${unit}`;
}

/** Three digits that mean something are enough: the machine is not steadier than that. */
function rounded(value: number): string {
  if (value >= 1000) return Math.round(value).toLocaleString('en-GB');
  return value >= 100 ? value.toFixed(0) : value >= 10 ? value.toFixed(1) : value.toFixed(2);
}
