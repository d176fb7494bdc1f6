import { describeFailure, StackError } from '#stack/host/stack-error.ts';
import type { Broker } from '#stack/services/broker-management.ts';
import type { ServicePlan } from '#stack/services/plan.ts';
import { startPostgres } from '#stack/services/postgres.ts';
import { type PostgresServer, withAdmin } from '#stack/services/postgres-client.ts';
import { startRabbit } from '#stack/services/rabbitmq.ts';
import { type RedisServer, startRedis } from '#stack/services/redis.ts';
import type { ServiceContext } from '#stack/services/service-context.ts';

/** The three stores while they start: each can be used as soon as it is there. */
export interface StartingServices {
  readonly postgres: Promise<PostgresServer>;
  readonly redis: Promise<RedisServer>;
  readonly rabbitmq: Promise<Broker>;
}

/** Starts the private services of a plan side by side, the slowest first, and checks the given ones. */
export function beginServices(plan: ServicePlan, context: ServiceContext): StartingServices {
  const { postgres, redis, rabbitmq } = plan;
  return {
    rabbitmq: timed('rabbitmq', context, () =>
      rabbitmq.kind === 'given' ? Promise.resolve(rabbitmq.given) : startRabbit(rabbitmq.program, context),
    ),
    postgres: timed('postgres', context, () =>
      postgres.kind === 'given' ? checkPostgres(postgres.given) : startPostgres(postgres.program.folder, context),
    ),
    redis: timed('redis', context, () =>
      redis.kind === 'given' ? Promise.resolve(redis.given) : startRedis(redis.program.server, context),
    ),
  };
}

async function timed<T>(name: string, context: ServiceContext, start: () => Promise<T>): Promise<T> {
  const startedAt = performance.now();
  const service = await start();
  context.report(`${name} is ready (${((performance.now() - startedAt) / 1000).toFixed(1)} s)`);
  return service;
}

async function checkPostgres(given: { url: string; caFile?: string }): Promise<PostgresServer> {
  const { url, caFile } = given;
  const server = { adminUrl: url, ...(caFile === undefined ? {} : { caFile }) };
  const database = decodeURIComponent(new URL(url).pathname.slice(1)) || 'postgres';
  await withAdmin(server, database, (client) => client.query('select 1')).catch((error: unknown) => {
    throw new StackError(`POSTGRES_URL: ${describeFailure(error)}`);
  });
  return server;
}
