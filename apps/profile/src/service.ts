import { audiences, composeApp, dataRightsRpc, type Overrides } from '@bank/composition';
import type { UserId } from '@bank/domain';
import type { Service, Worker } from '@bank/service-kit';
import { createKycProvider } from '#adapters/kyc/kyc-provider.ts';
import type { Config } from '#config.ts';
import { type AppContext, type AppTransaction, createContext } from '#context.ts';
import { clearFiles } from '#features/file/clear-files.ts';
import { releaseFiles } from '#features/file/release-files.ts';
import { endOpenCase } from '#features/kyc-expiry/end-open-case.ts';
import { kycChores } from '#features/kyc-expiry/expire-cases.ts';
import { measureWaiting } from '#features/kyc-submission/measure-waiting.ts';
import { createKycSender } from '#jobs/kyc-sender.ts';
import { createProfileIndexer } from '#jobs/profile-indexer.ts';
import { dataRights } from '#storage/data-rights.ts';
import { growth } from '#storage/growth.ts';
import { routes } from '#transport/http/routes.ts';
import { settingsUpdatedConsumer } from '#transport/messages/settings-updated.consumer.ts';
import { userActivatedConsumer } from '#transport/messages/user-activated.consumer.ts';
import { userRegisteredConsumer } from '#transport/messages/user-registered.consumer.ts';
import { verificationCompletedConsumer } from '#transport/messages/verification-completed.consumer.ts';
import { profileRpc } from '#transport/rpc/profile.rpc.ts';

/** The whole service, not started: its context, and everything that calls its features. */
export async function createService(config: Config, overrides: Overrides = {}): Promise<Service> {
  const ctx = await createContext(config, overrides);
  return composeApp(ctx, config, {
    routes,
    rpc: [profileRpc, dataRightsRpc({ rights: dataRights, before: letGo })],
    consumers: [
      userActivatedConsumer(ctx),
      settingsUpdatedConsumer(ctx),
      userRegisteredConsumer(ctx),
      verificationCompletedConsumer(ctx),
    ],
    verifier: ctx.verifier,
    audiences: [audiences.customers],
    growth,
    chores: [{ name: 'files', run: () => clearFiles(ctx) }, ...kycChores(ctx)],
    workers: [createProfileIndexer(ctx), ...kycWorkers(ctx)],
  });
}

/** Files before the case: as whoever completes an upload takes them. */
async function letGo(tx: AppTransaction, userId: UserId): Promise<void> {
  await releaseFiles(tx, userId);
  await endOpenCase(tx, userId);
}

/** Nobody is handed a case where there is no provider: then staff decide, and no case waits to be taken. */
function kycWorkers(ctx: AppContext): Worker[] {
  const { KYC_RPC_URL } = ctx.config;
  if (KYC_RPC_URL === undefined) return [];
  measureWaiting(ctx);
  return [createKycSender(ctx, createKycProvider({ ...ctx.config, KYC_RPC_URL }, ctx))];
}
