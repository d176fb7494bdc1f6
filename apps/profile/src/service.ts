import { audiences, composeApp, createTokenVerifier, dataRightsRpc, type Overrides } from '@bank/composition';
import { createLoop, type Service } from '@bank/service-kit';
import type { Config } from '#config.ts';
import { createContext } from '#context.ts';
import { clearFiles } from '#features/file/clear-files.ts';
import { releaseFiles } from '#features/file/release-files.ts';
import { indexProfiles } from '#features/search/index-profiles.ts';
import { dataRights } from '#storage/data-rights.ts';
import { growth } from '#storage/growth.ts';
import { routes } from '#transport/http/routes.ts';
import { settingsUpdatedConsumer } from '#transport/messages/settings-updated.consumer.ts';
import { userActivatedConsumer } from '#transport/messages/user-activated.consumer.ts';
import { userRegisteredConsumer } from '#transport/messages/user-registered.consumer.ts';
import { profileRpc } from '#transport/rpc/profile.rpc.ts';

/** How soon it is found who was changed by a process that does not know of the search. */
const indexEveryMs = 30_000;

/** The whole service, not started: its context, and everything that calls its features. */
export async function createService(config: Config, overrides: Overrides = {}): Promise<Service> {
  const ctx = await createContext(config, overrides);
  const { logger } = ctx;
  const index = createLoop({ name: 'index profiles', everyMs: indexEveryMs, logger, work: () => indexProfiles(ctx) });
  return composeApp(ctx, config, {
    routes,
    rpc: [profileRpc, dataRightsRpc({ rights: dataRights, before: releaseFiles })],
    consumers: [userActivatedConsumer(ctx), settingsUpdatedConsumer(ctx), userRegisteredConsumer(ctx)],
    verifier: overrides.verifier ?? createTokenVerifier(ctx, config),
    audiences: [audiences.customers],
    growth,
    chores: [{ name: 'files', run: () => clearFiles(ctx) }],
    workers: [index],
  });
}
