const namesMax = 500;
const seenMax = 1000;

// Its plan is of no use once a column has been added: the server refuses it ("cached plan must not change result type").
const allColumns = /(?:\b(?:select|distinct|returning)|[.,])\s*\*/i;

/** Gives the name under which connections prepare a statement; '' for one that is parsed each time. */
export interface StatementNames {
  nameOf(sql: string): string;
}

/** Behind a pooler in transaction mode, where each transaction may have another session of the server. */
export const noStatementNames: StatementNames = { nameOf: () => '' };

/**
 * Names what comes again, so that a connection has it parsed once and may keep its plan (PostgreSQL manual, PREPARE).
 * Texts that are built as they go never come again, or are too many: neither the names nor what is remembered of others grows.
 */
export function createStatementNames(): StatementNames {
  const names = new Map<string, string>();
  const seen = new Set<string>();
  return {
    nameOf(sql) {
      const known = names.get(sql);
      if (known !== undefined) return known;
      if (names.size >= namesMax) return '';
      if (seen.delete(sql)) {
        names.set(sql, allColumns.test(sql) ? '' : `s${names.size}`);
        return names.get(sql) ?? '';
      }
      if (seen.size >= seenMax) seen.clear();
      seen.add(sql);
      return '';
    },
  };
}
