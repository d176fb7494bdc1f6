import { audiences, composeApp, createTokenVerifier, dataRightsRpc, type Overrides } from '@bank/composition';
import type { Service } from '@bank/service-kit';
import type { Config } from '#config.ts';
import { createContext } from '#context.ts';
import { dataRights } from '#storage/data-rights.ts';
import { growth } from '#storage/growth.ts';
import { routes } from '#transport/http/routes.ts';
import { credentialChangedConsumer } from '#transport/messages/credential-changed.consumer.ts';
import { signInFailedConsumer } from '#transport/messages/sign-in-failed.consumer.ts';
import { signInSucceededConsumer } from '#transport/messages/sign-in-succeeded.consumer.ts';
import { deviceRpc } from '#transport/rpc/device.rpc.ts';

/** The whole service, not started: its context, and everything that calls its features. */
export async function createService(config: Config, overrides: Overrides = {}): Promise<Service> {
  const ctx = await createContext(config, overrides);
  return composeApp(ctx, config, {
    routes,
    rpc: [deviceRpc, dataRightsRpc({ rights: dataRights })],
    consumers: [signInSucceededConsumer(ctx), signInFailedConsumer(ctx), credentialChangedConsumer(ctx)],
    verifier: overrides.verifier ?? createTokenVerifier(ctx, config),
    audiences: [audiences.customers],
    growth,
  });
}
