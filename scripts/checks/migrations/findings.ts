/** Rules by the name with which a problem is told. */
export type Rule =
  | 'backfill'
  | 'contract'
  | 'data'
  | 'index'
  | 'locks'
  | 'not-null'
  | 'released'
  | 'rewrite'
  | 'session'
  | 'syntax'
  | 'unknown'
  | 'validate';

/** What a rule found in a statement. */
export interface Finding {
  readonly rule: Rule;
  /** What is wrong. */
  readonly what: string;
  /** What to write. */
  readonly instead: string;
  /** It reads or writes a table from end to end. */
  readonly long?: true;
}

/** Where a finding is. */
export interface PlacedFinding extends Finding {
  readonly migration: string;
  /** From 1; left out where it is about the migration itself. */
  readonly statement?: number;
  /** How the statement begins. */
  readonly text?: string;
}

/** What is known, at a statement, of the schema and of the release that runs beside this migration. */
export interface Facts {
  /** Nobody uses it yet: it is made by a migration that no release has. */
  isNew(name: string): boolean;
  /** Whether a validated check says that the column is not null. */
  isProven(table: string, column: string): boolean;
  /** Why a thing may not be taken away yet; undefined when it may. */
  stillUsed(thing: UsedThing): Finding | undefined;
}

/** Something that the release before may use. */
export interface UsedThing {
  /** As a person would say it: `the column auth.users.locale`. */
  readonly what: string;
  readonly table?: string;
  readonly column?: string;
}
