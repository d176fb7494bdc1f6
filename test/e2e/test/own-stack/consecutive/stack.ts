import { serviceAddress, testProxy, testRedis } from '@bank/testing';
import { ownStack } from '#test-stack.ts';

/** What its apps have in Redis, and the way there, which can be taken from them. */
export const keys = testRedis();
export const redis = await testProxy(serviceAddress('TEST_REDIS_URL'));

/** The stack of all that lies beside this file, with a pooler between its apps and Postgres. */
export const it = ownStack({ REDIS_URL: redis.url, REDIS_KEY_PREFIX: keys.keyPrefix }, { pooler: true });
