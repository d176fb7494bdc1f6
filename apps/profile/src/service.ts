import { audiences, composeApp, createTokenVerifier, dataRightsRpc, type Overrides } from '@bank/composition';
import type { Service } from '@bank/service-kit';
import type { Config } from '#config.ts';
import { createContext } from '#context.ts';
import { clearFiles } from '#features/file/clear-files.ts';
import { releaseFiles } from '#features/file/release-files.ts';
import { createProfileIndexer } from '#jobs/profile-indexer.ts';
import { dataRights } from '#storage/data-rights.ts';
import { growth } from '#storage/growth.ts';
import { routes } from '#transport/http/routes.ts';
import { settingsUpdatedConsumer } from '#transport/messages/settings-updated.consumer.ts';
import { userActivatedConsumer } from '#transport/messages/user-activated.consumer.ts';
import { userRegisteredConsumer } from '#transport/messages/user-registered.consumer.ts';
import { profileRpc } from '#transport/rpc/profile.rpc.ts';

/** The whole service, not started: its context, and everything that calls its features. */
export async function createService(config: Config, overrides: Overrides = {}): Promise<Service> {
  const ctx = await createContext(config, overrides);
  return composeApp(ctx, config, {
    routes,
    rpc: [profileRpc, dataRightsRpc({ rights: dataRights, before: releaseFiles })],
    consumers: [userActivatedConsumer(ctx), settingsUpdatedConsumer(ctx), userRegisteredConsumer(ctx)],
    verifier: overrides.verifier ?? createTokenVerifier(ctx, config),
    audiences: [audiences.customers],
    growth,
    chores: [{ name: 'files', run: () => clearFiles(ctx) }],
    workers: [createProfileIndexer(ctx)],
  });
}
