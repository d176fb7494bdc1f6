import { setTimeout as wait } from 'node:timers/promises';
import { readerOf, withTransaction } from '@bank/database';
import { type Actor, allow } from '@bank/domain';
import { type LedgerReport, verifyLedger } from '@bank/ledger';
import type { AppContext } from '#context.ts';
import type { Verification } from '#features/ledger/verification.ts';

const patienceMs = 100;
// What a request may set off: about ten seconds of one core, or a week of a quiet ledger. `pnpm ops audit verify` verifies all.
const lookBack = { entriesMax: 500_000, checkpointsMax: 10_000 };
// Small pages: between two of them the process answers others.
const pageSize = 500;

/**
 * Has the ledger verified for staff: gives what was found in the last 30 seconds, or begins a verification and gives it
 * as it stands after a moment. That it was asked for is recorded.
 * @throws auth.token.missing, access.forbidden, auth.step_up.required
 */
export async function verifyAudit(ctx: AppContext, actor: Actor): Promise<Verification> {
  const who = allow.permission(actor, 'audit.read');
  await withTransaction(ctx, { who, audits: ['audit.verified'] }, (tx) =>
    tx.audit({ action: 'audit.verified', subject: 'ledger', outcome: 'success' }),
  );
  const begun = ctx.verifications.current(() => verifyRecent(ctx));
  if (begun.state !== 'running') return begun;
  await Promise.race([ctx.verifications.settled(), wait(patienceMs)]);
  return ctx.verifications.current(() => verifyRecent(ctx));
}

/** The last entries, and the checkpoints that signed them. */
function verifyRecent(ctx: AppContext): Promise<LedgerReport> {
  const { file, trustedKeys: keys } = ctx.checkpointing;
  const { entries, table } = readerOf(ctx).checkpoints;
  const now = () => ctx.clock.now();
  return verifyLedger({ entries, checkpoints: { table, file }, keys, lookBack, pageSize, lanes: 2, now });
}
