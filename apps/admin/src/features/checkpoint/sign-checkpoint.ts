import { withTransaction } from '@bank/database';
import { allow } from '@bank/domain';
import {
  CheckpointInvalid,
  checkpointHash,
  encodeManifest,
  manifestHash,
  noCheckpointHash,
  readCheckpoint,
  readEntriesSince,
  type SignedCheckpoint,
  signCheckpoint,
} from '@bank/ledger';
import type { AppContext } from '#context.ts';
import { checkpointSigned } from '#events.ts';
import { isCheckpointDue } from '#features/checkpoint/policies.ts';

/** How long a signer may be silent before another takes over. */
const leaseSeconds = 5;
const minuteMs = 60_000;
const who = allow.system('checkpoint-signer');

/**
 * Signs where all shards of the ledger stand, when it is due and nobody else does. What was added since the last checkpoint
 * is read first: nothing is signed that does not continue what was signed before. The time is the database's, as that of the
 * lease, so no process whose clock is wrong keeps the next ones from being due. Answers whether one was signed.
 * @throws CheckpointInvalid naming what does not fit
 */
export async function signNextCheckpoint(ctx: AppContext, holder: string, everyMs = minuteMs): Promise<boolean> {
  const written = await ctx.checkpointing.file.last();
  return withTransaction(ctx, { who, unaudited: 'a checkpoint tells of entries alone' }, async (tx) => {
    if (!(await tx.checkpoints.holdLease(holder, leaseSeconds))) return false;
    const last = await tx.checkpoints.last();
    refuseFork(last, written);
    const { signingKey, trustedKeys } = ctx.checkpointing;
    const before = last && readCheckpoint(last.jws, trustedKeys);
    const signedEntries = before?.heads.reduce((sum, { position }) => sum + position, 0) ?? 0;
    const counted = await tx.checkpoints.countEntries();
    const { at: signedAt } = counted;
    const unsigned = { entries: counted.entries - signedEntries, lastSignedAt: before?.signedAt };
    if (unsigned.entries < 0) throw new CheckpointInvalid('the ledger is shorter than the last checkpoint');
    if (!isCheckpointDue(unsigned, signedAt, everyMs)) return false;
    const { heads, entries } = await readEntriesSince(tx.checkpoints.entries, before?.heads);
    const manifest = encodeManifest(entries);
    const number = (before?.number ?? 0) + 1;
    const previousHash = last === undefined ? noCheckpointHash : checkpointHash(last.jws);
    const checkpoint = { number, previousHash, signedAt, heads, manifestHash: manifestHash(manifest) };
    const jws = signCheckpoint(checkpoint, signingKey);
    await tx.checkpoints.insert({ number, jws, manifest }, signedAt);
    await tx.emit(checkpointSigned(checkpoint, { jws, keyId: signingKey.keyId }));
    return true;
  });
}

/** Lets another process sign at once. */
export async function releaseSigner(ctx: AppContext, holder: string): Promise<void> {
  await withTransaction(ctx, { who, unaudited: 'a lease ends' }, (tx) => tx.checkpoints.releaseLease(holder));
}

/** A number is signed once: a table that lost what already stands in the file was changed by somebody. */
function refuseFork(inTable: SignedCheckpoint | undefined, inFile: SignedCheckpoint | undefined): void {
  if (inFile === undefined) return;
  const isBehind = inTable === undefined || inTable.number < inFile.number;
  if (isBehind || (inTable.number === inFile.number && inTable.jws !== inFile.jws)) {
    throw new CheckpointInvalid(`checkpoint ${inFile.number} stands in the file and not in the table`);
  }
}
