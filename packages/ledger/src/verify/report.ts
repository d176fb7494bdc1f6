/** What can be wrong. */
export type ProblemRule =
  | 'body_hash'
  | 'previous_hash'
  | 'position'
  | 'missing'
  | 'not_signed'
  | 'shard_of_subject'
  | 'column'
  | 'body'
  | 'head'
  | 'stray'
  | 'checkpoint';

/** One thing that is wrong, where, and in words. */
export interface LedgerProblem {
  readonly rule: ProblemRule;
  readonly message: string;
  readonly shard?: number;
  readonly position?: number;
  /** The entry that stands there. */
  readonly id?: string;
  /** The entry that a checkpoint signed there, when it is another one or none. */
  readonly signedId?: string;
  readonly checkpoint?: number;
}

/** Entries after the last checkpoint: a change of them, by whoever can write to the database, would not show. */
export interface OpenWindow {
  readonly entries: number;
  readonly shards: readonly { readonly shard: number; readonly first: number; readonly last: number }[];
}

/** What a verification found. */
export interface LedgerReport {
  readonly ok: boolean;
  /** The first problem of each shard, those of checkpoints before all. */
  readonly problems: readonly LedgerProblem[];
  /** Entries that were read. */
  readonly entries: number;
  /** The checkpoint that was taken as the beginning, for its signature; 0 when everything was read. */
  readonly fromCheckpoint: number;
  readonly checkpoints: {
    /** How many were believed after that one. */
    readonly verified: number;
    readonly last: { readonly number: number; readonly signedAt: Date } | null;
    /** How many of the last ones the file has yet to get; null when none was given. */
    readonly fileBehind: number | null;
  };
  readonly openWindow: OpenWindow;
  readonly milliseconds: number;
}
