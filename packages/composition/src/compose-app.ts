import { type Chore, createOutboxStore, type Growth } from '@bank/database';
import { audiences } from '@bank/domain';
import { type Consumer, type Consumers, createConsumers, createPublisher, createRelay } from '@bank/messaging';
import { DataRightsService } from '@bank/proto/data-rights';
import {
  type BaseConfig,
  composeService,
  type Route,
  type RpcService,
  type Service,
  type Worker,
} from '@bank/service-kit';
import type { Verifier } from '@bank/verifier';
import { createClockWatch } from '#clock-watch.ts';
import { createDenialLog } from '#denial-log.ts';
import type { Foundations } from '#foundations.ts';
import { housekeepingOf } from '#housekeeping.ts';
import { refuseUnreadQueues } from '#unread-queues.ts';

/** What an app adds to its foundations. */
export interface AppParts<C> {
  readonly routes: readonly Route<C>[];
  readonly rpc: readonly RpcService<C>[];
  readonly consumers: readonly Consumer[];
  readonly verifier: Verifier;
  /** Audiences of access tokens that routes take unless they say otherwise. Browsers may call from the pages of these. */
  readonly audiences: readonly string[];
  /** What runs beside the relay, the consumers and the housekeeping. */
  readonly workers?: readonly Worker[];
  /** What keeps the tables of the app from growing for good. */
  readonly growth: Growth;
  /** What is done by the schedule beside that. */
  readonly chores?: readonly Chore[];
}

/**
 * The whole app, not started: its HTTP and RPC ports, the relay of its outbox, its consumers and its housekeeping, and
 * what readiness asks. Requests need neither Redis nor RabbitMQ to be answered, so those two only inform.
 * @throws Error when the consumers and the queues of the app do not fit each other, or it leaves out the rights of people
 */
export function composeApp<C extends Foundations>(ctx: C, config: BaseConfig, parts: AppParts<C>): Service {
  const { database, errors, idempotency, keyrings, logger, metrics, proofs, rateLimits, redis, service } = ctx;
  refuseUnreadQueues(service, parts.consumers);
  refuseWithoutDataRights(service, parts.rpc);
  const broker = {
    url: config.RABBITMQ_URL,
    ...(config.RABBITMQ_CA_FILE && { caFile: config.RABBITMQ_CA_FILE }),
    service,
    logger,
  };
  const publisher = createPublisher(broker);
  const consumers = createConsumers({ ...broker, consumers: parts.consumers, metrics, errors });
  const relay = createRelay({ store: createOutboxStore(database), publisher, service, logger, metrics });
  return composeService({
    name: service,
    config,
    context: ctx,
    routes: parts.routes,
    rpc: parts.rpc,
    ...dependenciesOf(ctx, parts.verifier, consumers),
    workers: [
      relay,
      consumers,
      housekeepingOf(ctx, {
        growth: parts.growth,
        chores: parts.chores ?? [],
        schedule: config.HOUSEKEEPING_SCHEDULE,
      }),
      createClockWatch(ctx),
      keyForgetter(ctx),
      ...(parts.workers ?? []),
    ],
    audiences: parts.audiences,
    cors: { origins: originsOf(config, parts.audiences) },
    proofs,
    clock: ctx.clock,
    rateLimits,
    idempotency,
    denials: createDenialLog(ctx),
    logger,
    metrics,
    errors,
    async close() {
      keyrings.close();
      await Promise.all([publisher.close(), redis.close(), database.close()]);
    },
  });
}

/** Keeps no data key in memory that another process has destroyed. */
function keyForgetter({ database, vault }: Foundations): Worker {
  let stopListening: () => Promise<void> = async () => undefined;
  return {
    async start() {
      stopListening = await vault.followDestructions(database);
    },
    stop: () => stopListening(),
  };
}

function originsOf({ WEB_ORIGINS, STAFF_ORIGINS }: BaseConfig, taken: readonly string[]): string[] {
  const ofCustomers = taken.includes(audiences.customers) ? WEB_ORIGINS : [];
  return [...ofCustomers, ...(taken.includes(audiences.staff) ? STAFF_ORIGINS : [])];
}

/** Whoever keeps anything about people hands it out and destroys it when they ask (SR-88). */
function refuseWithoutDataRights(app: string, rpc: readonly RpcService<never>[]): void {
  if (rpc.some(({ service }) => service.typeName === DataRightsService.typeName)) return;
  throw new Error(`${app} does not serve ${DataRightsService.typeName}: add dataRightsRpc to its services`);
}

function dependenciesOf({ database, redis }: Foundations, verifier: Verifier, consumers: Consumers) {
  return {
    verifier,
    dependencies: {
      postgres: database,
      tokens: verifier,
      redis: { ping: () => redis.ping(), optional: true },
      rabbitmq: { ping: () => consumers.ping(), optional: true },
    },
  } as const;
}
