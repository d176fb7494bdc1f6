import { audiences, composeApp, dataRightsRpc } from '@bank/composition';
import { createLoop, type Service } from '@bank/service-kit';
import type { Config } from '#config.ts';
import { type AppContext, createContext, type Overrides } from '#context.ts';
import { measureKeptBack } from '#features/delivery/count-kept-back.ts';
import { measureOverdue } from '#features/delivery/measure-overdue.ts';
import { carryOutRecoveries } from '#features/recovery/carry-out-recoveries.ts';
import { forgetNonces } from '#features/session/forget-nonces.ts';
import { measureKeyAge } from '#features/signing-key/measure-key-age.ts';
import { letGo } from '#features/standing/let-go.ts';
import { createDeliverySender } from '#jobs/delivery-sender.ts';
import { createIssuer } from '#jobs/issuer.ts';
import { trimmingChores } from '#jobs/trim.ts';
import { createUnheardMessages } from '#jobs/unheard-messages.ts';
import { createUserChanges } from '#jobs/user-changes.ts';
import { dataRights } from '#storage/data-rights.ts';
import { growth } from '#storage/growth.ts';
import { routes } from '#transport/http/routes.ts';
import { approverGoneConsumer } from '#transport/messages/approver-gone.consumer.ts';
import { deliveryRequestedConsumer } from '#transport/messages/delivery-requested.consumer.ts';
import { deviceRemovedConsumer } from '#transport/messages/device-removed.consumer.ts';
import { factorEnrolledConsumer } from '#transport/messages/factor-enrolled.consumer.ts';
import { factorRemovedConsumer } from '#transport/messages/factor-removed.consumer.ts';
import { notificationUpdatedConsumer } from '#transport/messages/notification-updated.consumer.ts';
import { settingsUpdatedConsumer } from '#transport/messages/settings-updated.consumer.ts';
import { authRpc } from '#transport/rpc/auth.rpc.ts';
import { userRpc } from '#transport/rpc/user.rpc.ts';

const nonceCheckMs = 5000;
const recoveryCheckMs = 30_000;

/** The whole service, not started: its context, and everything that calls its features. */
export async function createService(config: Config, overrides: Overrides = {}): Promise<Service> {
  return assembleService(await createContext(config, overrides));
}

/** A service over a context that somebody else also holds. */
export function assembleService(ctx: AppContext): Service {
  const { config, logger, metrics, hasher } = ctx;
  metrics.watchHashing(() => hasher.stats());
  measureKeyAge(ctx);
  measureOverdue(ctx);
  measureKeptBack(ctx);
  const sender = createDeliverySender(ctx);
  const nonces = createLoop({ name: 'nonces', everyMs: nonceCheckMs, logger, work: () => forgetNonces(ctx) });
  const recoveries = createLoop({
    ...{ name: 'recoveries', everyMs: recoveryCheckMs, logger },
    work: () => carryOutRecoveries(ctx),
  });
  return composeApp(ctx, config, {
    routes,
    rpc: [userRpc, authRpc, dataRightsRpc({ rights: dataRights, before: letGo })],
    consumers: [
      deliveryRequestedConsumer(ctx, sender.wake),
      notificationUpdatedConsumer(ctx),
      // First of those that hear of a removal: what fails in another holds no approval open.
      approverGoneConsumer(ctx),
      deviceRemovedConsumer(ctx),
      factorEnrolledConsumer(ctx),
      factorRemovedConsumer(ctx),
      settingsUpdatedConsumer(ctx),
    ],
    verifier: createIssuer(ctx),
    audiences: [audiences.customers, audiences.staff],
    workers: [
      sender,
      nonces,
      recoveries,
      createUnheardMessages(ctx),
      createUserChanges(ctx),
      { start: async () => {}, stop: async () => ctx.breachedPasswords?.close() },
    ],
    growth,
    chores: trimmingChores(ctx),
  });
}
