export {
  type EntryContent,
  formVersion,
  linkEntry,
  type Place,
  shardCount,
  shardOf,
  zeroHash,
} from '#chain/entry-form.ts';
export {
  type Checkpoint,
  CheckpointInvalid,
  checkpointHash,
  emptyHeads,
  noCheckpointHash,
  readCheckpoint,
  type ShardHead,
  type SignedCheckpoint,
  signCheckpoint,
} from '#checkpoint/checkpoint.ts';
export { type CheckpointFile, openCheckpointFile } from '#checkpoint/checkpoint-file.ts';
export {
  CheckpointKeyInvalid,
  type CheckpointSigningKey,
  generateCheckpointKeys,
  readSigningKey,
  readTrustedKeys,
  type TrustedKeys,
} from '#checkpoint/checkpoint-keys.ts';
export type { CheckpointStore, CheckpointTable, LookBack } from '#checkpoint/checkpoint-store.ts';
export { createCheckpointTable } from '#checkpoint/checkpoint-table.ts';
export { encodeManifest, manifestHash } from '#checkpoint/manifest.ts';
export { readEntriesSince } from '#checkpoint/read-entries-since.ts';
export { describeReport } from '#verify/describe-report.ts';
export { createEntrySource, type EntrySource, type RunQuery, type StoredEntry } from '#verify/entry-source.ts';
export type { LedgerProblem, LedgerReport, OpenWindow, ProblemRule } from '#verify/report.ts';
export { type VerifyLedgerOptions, verifyLedger } from '#verify/verify-ledger.ts';
export { type LedgerStretch, type StretchReport, verifyStretch } from '#verify/verify-stretch.ts';
