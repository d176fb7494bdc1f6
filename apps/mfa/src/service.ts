import { audiences, composeApp, dataRightsRpc, type Overrides } from '@bank/composition';
import type { Service } from '@bank/service-kit';
import type { Config } from '#config.ts';
import { createContext } from '#context.ts';
import { dataRights } from '#storage/data-rights.ts';
import { growth } from '#storage/growth.ts';
import { routes } from '#transport/http/routes.ts';
import { addressChangedConsumer } from '#transport/messages/address-changed.consumer.ts';
import { passwordChangedConsumer } from '#transport/messages/password-changed.consumer.ts';
import { userActivatedConsumer } from '#transport/messages/user-activated.consumer.ts';
import { userRolesChangedConsumer } from '#transport/messages/user-roles-changed.consumer.ts';
import { mfaRpc } from '#transport/rpc/mfa.rpc.ts';

/** The whole service, not started: its context, and everything that calls its features. */
export async function createService(config: Config, overrides: Overrides = {}): Promise<Service> {
  const ctx = await createContext(config, overrides);
  return composeApp(ctx, config, {
    routes,
    rpc: [mfaRpc, dataRightsRpc({ rights: dataRights })],
    consumers: [
      addressChangedConsumer(ctx),
      passwordChangedConsumer(ctx),
      userActivatedConsumer(ctx),
      userRolesChangedConsumer(ctx),
    ],
    verifier: ctx.verifier,
    audiences: [audiences.customers, audiences.staff],
    growth,
  });
}
