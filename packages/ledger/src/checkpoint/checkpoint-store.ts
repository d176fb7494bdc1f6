import type { SignedCheckpoint } from '#checkpoint/checkpoint.ts';

/** Somewhere checkpoints are kept: the table, or the file outside of the database. */
export interface CheckpointStore {
  /** The checkpoints after a number, in the order they stand there. */
  readAfter(number: number): AsyncIterable<SignedCheckpoint>;
  /** The manifest of one checkpoint. */
  manifestOf(number: number): Promise<Uint8Array | undefined>;
}
