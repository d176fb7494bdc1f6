/** What a figure is held to. */
export type Requirement = { readonly atLeast: number } | { readonly atMost: number };

export interface Quantity {
  readonly value: number;
  readonly unit: string;
}

/** One line of the table: a figure, the limit it is compared with, and what it must reach. */
export interface Row {
  /** The name of its case, by which it is picked. */
  readonly case: string;
  readonly what: string;
  readonly measured: Quantity;
  /** Measured in the same run; absent where the requirement is a quantity by itself. */
  readonly limit?: Quantity & { readonly what: string };
  /** Of the figure to the limit, or the figure itself without one. */
  readonly figure: number;
  /** Undefined for a figure that is told for comparison. */
  readonly must?: Requirement;
  /** What a reader should know about this run of it. */
  readonly notes: readonly string[];
}

/** Whether a row reached what it must; undefined when it must reach nothing. */
export function isReached({ figure, must }: Pick<Row, 'figure' | 'must'>): boolean | undefined {
  if (must === undefined) return undefined;
  return 'atLeast' in must ? figure >= must.atLeast : figure <= must.atMost;
}
