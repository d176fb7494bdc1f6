import type { SignedCheckpoint } from '#checkpoint/checkpoint.ts';

/** Somewhere checkpoints are kept: the table, or the file outside of the database. */
export interface CheckpointStore {
  /** The checkpoints after a number, in the order they stand there. */
  readAfter(number: number): AsyncIterable<SignedCheckpoint>;
  /** The newest one. A store may verify it first. @throws CheckpointInvalid */
  last(): Promise<SignedCheckpoint | undefined>;
  /** The manifest of one checkpoint. */
  manifestOf(number: number): Promise<Uint8Array | undefined>;
}

/** How far back from the newest checkpoint one looks. */
export interface LookBack {
  readonly entriesMax: number;
  /** A quiet ledger has a checkpoint for every entry. */
  readonly checkpointsMax: number;
}

/** The checkpoints in the database. */
export interface CheckpointTable extends CheckpointStore {
  /**
   * The number of the oldest checkpoint after which lie no more checkpoints and entries than that; 0 for the beginning. The
   * newest checkpoint always lies after it. Told by the sizes of manifests, so no signature is verified.
   */
  baseOf(lookBack: LookBack): Promise<number>;
}
