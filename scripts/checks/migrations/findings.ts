import type { ConstrType, Node } from 'libpg-query';

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
export interface Facts extends TableFacts {
  /** No release knows it: it is made by a migration that no release has. What writes to a table in use may fill it all the same. */
  isNew(name: string): boolean;
  /** Nobody sees the table yet: it is made by this migration. From the next one on, triggers and back-fills may have filled it. */
  isEmpty(table: string): boolean;
  /** A function that names a table and is run by a trigger on a table in use, and so with what the release before writes. */
  namedInUse(table: string): string | undefined;
  /** The statement that made a thing; undefined for what no migration made, and for what is gone. */
  makerOf(name: string): Node | undefined;
  /** The functions of a name, each with its arguments. */
  functionsNamed(name: string): readonly string[];
  /** Why a thing may not be taken away yet; undefined when it may. */
  stillUsed(thing: UsedThing): Finding | undefined;
}

/** What is known of the columns of tables. */
export interface TableFacts {
  /** Whether a column, or a validated check other than those of `without`, says that it is not null. */
  isNotNull(table: string, column: string, without: ReadonlySet<string>): boolean;
  /** Of a column that no release knows, what the release before writes into it: its default, if it has one. */
  unknownColumn(table: string, column: string): { readonly fallback: Node | undefined } | undefined;
  /** Whether no two rows of a table are alike in some of these columns. */
  isKey(table: string, columns: readonly string[]): boolean;
  /** A constraint, with what a check says; undefined for one that has no name of its own. */
  constraintOf(table: string, name: string): { readonly kind: ConstrType; readonly expression?: Node } | undefined;
}

/** Something that the release before may use. */
export interface UsedThing {
  /** As a person would say it: `the column auth.users.locale`. */
  readonly what: string;
  /** The table, or the schema of tables, that goes with it or loses this column. */
  readonly table?: string;
  readonly column?: string;
}

/** The finding for `cascade`, which takes more than a statement names. */
export function cascadeFindings(behavior: string | undefined, what: string): readonly Finding[] {
  if (behavior !== 'DROP_CASCADE') return [];
  return [
    {
      rule: 'contract',
      what: `${what} goes with all that depends on it, which is not named here and may be in use`,
      instead: 'each thing by its name, without `cascade`',
    },
  ];
}

/** The finding for a new table, or a column of it, that goes while what the release before writes elsewhere comes by it. */
export function namedInUse(table: string, what: string, facts: Facts): readonly Finding[] {
  const name = facts.namedInUse(table);
  if (name === undefined) return [];
  return [
    {
      rule: 'contract',
      what: `${what} goes, and ${name}, which a trigger on a table in use runs, names ${table}: the release before could not write there`,
      instead: 'the trigger dropped by a migration before this one',
    },
  ];
}

/** A finding, or none, as a list. */
export function asList(finding: Finding | undefined): readonly Finding[] {
  return finding === undefined ? [] : [finding];
}
