import { type StoreContainers, startStoreContainers } from '#stack/containers/store-containers.ts';
import { describeFailure, StackError } from '#stack/host/stack-error.ts';
import type { ServiceContext } from '#stack/run/service-context.ts';
import type { GivenService } from '#stack/settings/settings.ts';
import { type Broker, callManagement } from '#stack/stores/broker-management.ts';
import type { StorePlan } from '#stack/stores/plan.ts';
import { startPostgres } from '#stack/stores/postgres.ts';
import { databaseOf, type PostgresServer, withAdmin } from '#stack/stores/postgres-client.ts';
import { startRabbit } from '#stack/stores/rabbitmq.ts';
import { pingRedis, type RedisServer, startRedis } from '#stack/stores/redis.ts';

/** The three stores while they start: each can be used as soon as it is there. */
export interface StartingStores {
  readonly postgres: Promise<PostgresServer>;
  readonly redis: Promise<RedisServer>;
  readonly rabbitmq: Promise<Broker>;
}

/** Starts our own servers of a plan side by side, the slowest first, and checks that the given ones let us in. */
export function beginStores(plan: StorePlan, context: ServiceContext): StartingStores {
  const { postgres, redis, rabbitmq } = plan;
  const inContainers = storesInContainers(plan, context);
  return {
    rabbitmq: timed('rabbitmq', context, async () => {
      if (rabbitmq.kind === 'given') return checkBroker(rabbitmq.given);
      return rabbitmq.kind === 'container' ? (await inContainers()).rabbitmq() : startRabbit(rabbitmq.program, context);
    }),
    postgres: timed('postgres', context, async () => {
      if (postgres.kind === 'given') return checkPostgres(postgres.given);
      return postgres.kind === 'container'
        ? (await inContainers()).postgres()
        : startPostgres(postgres.program.folder, context);
    }),
    redis: timed('redis', context, async () => {
      if (redis.kind === 'given') return checkRedis(redis.given);
      return redis.kind === 'container' ? (await inContainers()).redis() : startRedis(redis.program.server, context);
    }),
  };
}

/** One run for all that are planned there, since it makes the network that they share; begun by the first who asks. */
function storesInContainers(plan: StorePlan, context: ServiceContext): () => Promise<StoreContainers> {
  const services = (['postgres', 'redis', 'rabbitmq'] as const).filter((store) => plan[store].kind === 'container');
  let begun: Promise<StoreContainers> | undefined;
  return () => {
    begun ??= startStoreContainers(services, context);
    return begun;
  };
}

async function timed<T>(name: string, context: ServiceContext, start: () => Promise<T>): Promise<T> {
  const startedAt = performance.now();
  const service = await start();
  context.report(`${name} is ready (${((performance.now() - startedAt) / 1000).toFixed(1)} s)`);
  return service;
}

async function checkPostgres({ url, variable, ...ca }: GivenService): Promise<PostgresServer> {
  const server = { adminUrl: url, ...ca };
  await naming(variable, () => withAdmin(server, databaseOf(url), (client) => client.query('select 1')));
  return server;
}

async function checkRedis(given: GivenService): Promise<RedisServer> {
  // Asked again where this process was too busy to hear the answer in time.
  if (!(await pingRedis(given)) && !(await pingRedis(given))) {
    throw new StackError(`${given.variable}: the server does not answer, or refuses the password`);
  }
  return given;
}

async function checkBroker(given: GivenService & { managementUrl: string }): Promise<Broker> {
  await naming(given.variable.replace('_URL', '_MANAGEMENT_URL'), () => callManagement(given, 'GET', 'whoami'));
  return given;
}

async function naming(variable: string, check: () => Promise<unknown>): Promise<void> {
  try {
    await check();
  } catch (error) {
    throw new StackError(`${variable}: ${describeFailure(error)}`, { cause: error });
  }
}
