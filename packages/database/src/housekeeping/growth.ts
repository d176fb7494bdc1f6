/** A table whose rows go once they are past keeping. */
export interface TrimmedTable {
  /** Column of type timestamptz, with an index, from which a row's time to go is counted. A null keeps the row. */
  readonly by: string;
  /** How long a row stays after that; not at all unless said. */
  readonly keepDays?: number;
  /** SQL condition on the row `r`: others stay, however old. */
  readonly where?: string;
  /** Set where more goes with a row than the row: a chore of the app's removes it, which has the name of the table. */
  readonly byChore?: true;
}

/**
 * What keeps each table of a schema from growing for good. A table is trimmed, or stands among those that are bounded by
 * what they are about, or is partitioned by weeks, of which the register (`partitionedTableSql`) says how many stay: a test
 * fails for any other.
 */
export interface Growth {
  readonly schema: string;
  readonly trimmed: Readonly<Record<string, TrimmedTable>>;
  /** Tables of which whole weeks go at once, each with what lies in it. */
  readonly partitioned: Readonly<Record<string, string>>;
  /** Tables that grow with what they are about alone, each with what that is. */
  readonly bounded: Readonly<Record<string, string>>;
}

const platformTrimmed: Growth['trimmed'] = { idempotency_keys: { by: 'expires_at' } };

const platformPartitioned: Growth['partitioned'] = {
  outbox: 'messages, published or not',
  inbox: 'ids of messages that were handled',
};

const platformBounded: Growth['bounded'] = {
  outbox_sequences: 'one row a subject',
  data_keys: 'two rows a user, and two a registration or an invitation while it is there',
  data_key_tombstones: 'one row a destroyed key of a user: that and when it was destroyed is kept for good',
  migrations: 'one row a migration',
  partitioned_tables: 'one row a partitioned table',
};

/** Declares what keeps a schema from growing: its own tables, beside those that every schema has. */
export function declareGrowth(
  schema: string,
  own: Omit<Growth, 'schema' | 'partitioned'> & Partial<Pick<Growth, 'partitioned'>>,
): Growth {
  return {
    schema,
    trimmed: { ...own.trimmed, ...platformTrimmed },
    partitioned: { ...own.partitioned, ...platformPartitioned },
    bounded: { ...own.bounded, ...platformBounded },
  };
}
