import pg from 'pg';

type ReadText = (text: string) => unknown;

const { builtins } = pg.types;

/** bigint comes as a number where it is exact (counts, sequences), and as text beyond 2^53. */
function readBigint(text: string): number | string {
  const value = Number(text);
  return Number.isSafeInteger(value) ? value : text;
}

const readers: Readonly<Record<number, ReadText>> = {
  [builtins.INT8]: readBigint,
  [builtins.DATE]: (text) => text, // a calendar day has no time zone: `2026-01-31`
};

/** How values arrive: timestamptz as Date, bytea as Buffer, jsonb parsed, date as text, bigint as a number. */
export const valueTypes = {
  getTypeParser(type: number, format?: string) {
    const read = format === 'binary' ? undefined : readers[type];
    return read ?? pg.types.getTypeParser(type, format as 'text');
  },
};
