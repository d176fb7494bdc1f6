import type { KeyClass } from '#pii/data-key.ts';

/** A row as it is read for an export: columns by the names they have there, and `key`. */
export type ExportRow = Readonly<Record<string, unknown>>;

/** A sealed column whose fields become fields of the record. */
export interface SealedColumn {
  readonly column: string;
  /** The sensitivity group that it was sealed as; a function of `key` and the listed columns where it names the row. */
  readonly group: string | ((row: ExportRow) => string);
  readonly keyClass?: KeyClass;
  /** Fields of it that do not leave: what somebody else told of a person, who may not be the user. */
  readonly withheld?: readonly string[];
}

/** What of a table its user is given. Only what is listed leaves: no secret, no hash, no id of somebody else. */
export interface ExportedRows {
  /** What kind of record it is; `<schema>.<table>` unless said. */
  readonly category?: string;
  /** Column by the name that it has in the record. */
  readonly columns: Readonly<Record<string, string>>;
  readonly sealed?: readonly SealedColumn[];
  /** A column of type uuid that is unique among the rows of one user, by which they are read in parts. */
  readonly key: string;
}

/** What becomes of a table when its user is erased. */
export type Erasure =
  /** The rows are deleted. */
  | 'deleted'
  /** The rows stay, and these columns lose what they hold. */
  | { readonly cleared: readonly string[]; readonly because: string }
  /** The rows stay as they are, by law or because nothing in them is about the person. */
  | { readonly kept: string };

/** A table that holds something about users: what of it they are given, and what becomes of it when they go. */
export interface PersonalTable {
  /** Condition that picks a user's rows; `?` is the user's id, once. `user_id = ?` unless said. */
  readonly whose?: string;
  readonly exported: ExportedRows | { readonly withheld: string };
  readonly erased: Erasure;
}

/**
 * What a schema keeps about people, table by table. Each table stands in one of the two: a test fails for any other, so
 * that nobody adds one without deciding. Rows are deleted in the order of this list.
 */
export interface DataRights {
  readonly schema: string;
  readonly personal: Readonly<Record<string, PersonalTable>>;
  /** Tables in which nothing is about a user, each with what it holds. */
  readonly impersonal: Readonly<Record<string, string>>;
}

const platformPersonal: Readonly<Record<string, PersonalTable>> = {
  idempotency_keys: {
    exported: { withheld: 'answers that were given before, kept for a day' },
    erased: 'deleted',
  },
  outbox: {
    whose: 'subject = ?',
    exported: { withheld: 'messages between our own services: ids and codes of what the other records tell' },
    erased: {
      kept: 'ids and codes only; leaves after two weeks, and a message to a person is wiped when it is published',
    },
  },
  outbox_sequences: {
    whose: 'subject = ?',
    exported: { withheld: 'a counter of messages between our own services' },
    erased: { kept: 'the next message must not take a number again; holds the id alone' },
  },
  data_keys: {
    exported: { withheld: 'secrets' },
    erased: { kept: 'the erasable key is destroyed; its empty row keeps the id from getting another one' },
  },
  data_key_tombstones: {
    exported: { withheld: 'a list of destroyed keys' },
    erased: { kept: 'says that and when a key was destroyed; holds ids alone' },
  },
};

const platformImpersonal: Readonly<Record<string, string>> = {
  inbox: 'ids of messages that were handled',
  migrations: 'names of migrations',
  partitioned_tables: 'names of tables',
};

/** `approvals_consumed`, in a schema whose app executes approvals. */
export const consumedApprovals: PersonalTable = {
  whose: '? in (maker_id, checker_id)',
  exported: { withheld: 'what a member of staff decided about others' },
  erased: { kept: 'evidence of who decided what; ids and digests only' },
};

/** Declares what a schema keeps about people: its own tables, beside those that every schema has. */
export function declareDataRights(schema: string, own: Omit<DataRights, 'schema'>): DataRights {
  return {
    schema,
    personal: { ...own.personal, ...platformPersonal },
    impersonal: { ...own.impersonal, ...platformImpersonal },
  };
}
