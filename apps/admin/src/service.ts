import { audiences, composeApp, createTokenVerifier, dataRightsRpc, type Overrides } from '@bank/composition';
import type { Service, Worker } from '@bank/service-kit';
import type { Config } from '#config.ts';
import { type AppContext, createContext } from '#context.ts';
import { createCheckpointKeeper } from '#jobs/checkpoint-keeper.ts';
import { createLedgerForwarder } from '#jobs/ledger-forwarder.ts';
import { createLedgerVerifier } from '#jobs/ledger-verifier.ts';
import { tidyingChores } from '#jobs/tidy.ts';
import { dataRights } from '#storage/data-rights.ts';
import { growth } from '#storage/growth.ts';
import { routes } from '#transport/http/routes.ts';
import { auditEntryConsumer } from '#transport/messages/audit-entry.consumer.ts';
import { userActivatedConsumer } from '#transport/messages/user-activated.consumer.ts';
import { userRolesChangedConsumer } from '#transport/messages/user-roles-changed.consumer.ts';
import { userStatusChangedConsumer } from '#transport/messages/user-status-changed.consumer.ts';
import { adminRpc } from '#transport/rpc/admin.rpc.ts';

/** The whole service, not started: its context, and everything that calls its features. */
export async function createService(config: Config, overrides: Overrides = {}): Promise<Service> {
  const ctx = await createContext(config, overrides);
  return composeApp(ctx, config, {
    routes,
    rpc: [adminRpc, dataRightsRpc({ rights: dataRights })],
    consumers: [
      auditEntryConsumer(ctx),
      userActivatedConsumer(ctx),
      userStatusChangedConsumer(ctx),
      userRolesChangedConsumer(ctx),
    ],
    verifier: overrides.verifier ?? createTokenVerifier(ctx, config),
    audiences: [audiences.staff],
    workers: [createCheckpointKeeper(ctx), createLedgerVerifier(ctx), ...forwardersOf(ctx)],
    growth,
    chores: tidyingChores(ctx),
  });
}

/** Without an Audit service the ledger stays here; the log says so. */
function forwardersOf(ctx: AppContext): readonly Worker[] {
  if (ctx.auditReceiver !== undefined) return [createLedgerForwarder(ctx, ctx.auditReceiver)];
  ctx.logger.warn('AUDIT_RPC_URL is not set: entries of the ledger are not forwarded');
  return [];
}
