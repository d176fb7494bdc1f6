import { type Actor, allow, parse } from '@bank/domain';
import type { AppContext } from '#context.ts';
import { appendEntries } from '#features/ledger/append-entries.ts';
import { RecordedEntries } from '#features/ledger/schemas.ts';

/**
 * Takes 1 to 100 entries from a service that has no outbox of ours, each under that service's own name whatever it says.
 * Gives how many were new.
 * @throws access.forbidden, request.invalid
 */
export async function recordAudit(ctx: AppContext, actor: Actor, input: readonly object[]): Promise<number> {
  const who = allow.service(actor);
  const source = who.actor.kind === 'service' ? who.actor.name : '';
  const entries = parse(RecordedEntries, input).map((entry) => ({ ...entry, source }));
  return appendEntries(ctx, entries, who);
}
