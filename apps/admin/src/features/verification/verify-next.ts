import { withTransaction } from '@bank/database';
import { allow } from '@bank/domain';
import { type LedgerProblem, type SignedCheckpoint, verifyStretch } from '@bank/ledger';
import type { AppContext, AppTransaction } from '#context.ts';
import { isVerificationDue, placeAfter } from '#features/verification/policies.ts';

const who = allow.system('ledger-verifier');
// At about 50,000 entries a second: less than a second of one core each time, and 36 million entries a day are looked at again.
const freshMax = 20_000;
const sweptMax = 25_000;

/** What came of one look at the ledger. */
export interface VerifiedNext {
  readonly problems: readonly LedgerProblem[];
  /** What is new was more than one look takes: the next one is due at once. */
  readonly isMore: boolean;
}

/**
 * Verifies what was signed since the last time, and the next part of everything that was signed before, when it is due and
 * nobody else does. Undefined when there was nothing to do.
 */
export async function verifyNext(ctx: AppContext): Promise<VerifiedNext | undefined> {
  const written = await ctx.checkpointing.file.last();
  return withTransaction(ctx, { who, unaudited: 'nothing but how far it was read' }, async (tx) => {
    if (!(await tx.verification.lock())) return undefined;
    const place = await tx.verification.place();
    const now = ctx.clock.now();
    if (!isVerificationDue(place, now)) return undefined;
    const fresh = await stretchOf(tx, place.verifiedCheckpoint, freshMax);
    const swept = await stretchOf(tx, place.sweptCheckpoint, sweptMax);
    const lost = lostProblems(await tx.checkpoints.last(), written);
    await tx.verification.keep(placeAfter(place, { fresh, swept, others: lost.length }, now));
    const problems = [...lost, ...fresh.problems, ...swept.problems];
    return { problems, isMore: !fresh.atEnd && problems.length === 0 };
  });
}

function stretchOf(tx: AppTransaction, after: number, entriesMax: number) {
  const { entries, table } = tx.checkpoints;
  return verifyStretch({ entries, table, keys: tx.checkpointing.trustedKeys, after, entriesMax });
}

/** A table that lost what already stands in the file, as a restored backup would have. */
function lostProblems(
  inTable: SignedCheckpoint | undefined,
  inFile: SignedCheckpoint | undefined,
): readonly LedgerProblem[] {
  if (inFile === undefined || (inTable?.number ?? 0) > inFile.number || inTable?.jws === inFile.jws) return [];
  const message = 'it does not stand in the table as it does in the file';
  return [{ rule: 'checkpoint', checkpoint: inFile.number, message }];
}
