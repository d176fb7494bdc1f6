import { prepareServices, type RunOptions } from '#stack/run/prepare.ts';
import { openStackFolder } from '#stack/run/stack-folder.ts';
import type { Broker } from '#stack/stores/broker-management.ts';
import { type Pooler, startPooler } from '#stack/stores/pgbouncer.ts';
import { planStores } from '#stack/stores/plan.ts';
import type { PostgresServer } from '#stack/stores/postgres-client.ts';
import type { RedisServer } from '#stack/stores/redis.ts';
import { beginStores } from '#stack/stores/stores.ts';

export interface Stores {
  readonly postgres: PostgresServer;
  readonly redis: RedisServer;
  readonly rabbitmq: Broker;
  /** In front of Postgres, where one was asked for. */
  readonly pooler?: Pooler;
}

/** Postgres, Redis and RabbitMQ without the apps. */
export interface RunningStores {
  /** Resolves when all three are there; rejects with the first failure. */
  readonly ready: Promise<Stores>;
  stop(): Promise<void>;
}

// What a test starts by itself, of which a test that finds it missing would have to install it in the middle of the others.
const testPrograms = ['postgres', 'redis', 'nginx', 'prometheus', 'compose', 'pgbouncer', 'chromium'] as const;

/** Starts the stores alone, for tests, and sees to the programs that tests run. Other work can be done until they are ready. @throws StackError before any starts */
export async function startStores(options: RunOptions): Promise<RunningStores> {
  const report = options.report ?? (() => undefined);
  const folder = await openStackFolder(options);
  try {
    const context = await prepareServices(options, folder.supervisor);
    const starting = beginStores(planStores(options.settings, report, { testPrograms }), context);
    const { postgres, redis, rabbitmq } = starting;
    const pooler = options.pooler ? postgres.then((server) => startPooler(server, context)) : undefined;
    const ready = Promise.all([postgres, redis, rabbitmq, pooler]).then(([p, r, b, inFront]) => ({
      postgres: p,
      redis: r,
      rabbitmq: b,
      ...(inFront === undefined ? {} : { pooler: inFront }),
    }));
    ready.catch(() => undefined); // whoever awaits it hears of the failure
    return { ready, stop: folder.close };
  } catch (error) {
    await folder.close();
    throw error;
  }
}
