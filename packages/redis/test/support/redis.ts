import { Secret } from '@bank/domain';
import { createLogger, type Logger } from '@bank/observability';
import { type TestProxy, testProxy, testRedis, until } from '@bank/testing';
import { connectRedis, type RedisConnection } from '#index.ts';

export const silent: Logger = createLogger({ service: 'test', level: 'silent' });

export interface ConnectedRedis {
  readonly redis: RedisConnection;
  readonly proxy: TestProxy;
  readonly keyPrefix: string;
  empty(): Promise<void>;
  close(): Promise<void>;
}

/** A connection that is ready, through a proxy that can take Redis away. */
export async function connectedRedis(logger: Logger = silent): Promise<ConnectedRedis> {
  const { url, keyPrefix, empty } = testRedis();
  const proxy = await testProxy(url);
  const redis = connectRedis({ url: new Secret(proxy.url), keyPrefix, service: 'test', logger });
  await until(() => redis.isReady());
  return {
    redis,
    proxy,
    keyPrefix,
    empty,
    async close() {
      await redis.close();
      await proxy.close();
    },
  };
}
