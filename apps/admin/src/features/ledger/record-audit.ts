import { type Actor, allow } from '@bank/domain';
import type { AppContext } from '#context.ts';
import { appendEntries } from '#features/ledger/append-entries.ts';

/**
 * Takes entries from a service that has no outbox of ours, each under that service's own name whatever it says.
 * Gives how many were new.
 * @throws access.forbidden, request.invalid
 */
export async function recordAudit(ctx: AppContext, actor: Actor, entries: readonly object[]): Promise<number> {
  const who = allow.service(actor);
  const source = who.actor.kind === 'service' ? who.actor.name : '';
  return appendEntries(
    ctx,
    entries.map((entry) => ({ ...entry, source })),
    who,
  );
}
