import type { Stores } from '#stack/run/start-stores.ts';

/** The variables by which tests find their stores. */
export function testVariables({ postgres, redis, rabbitmq, pooler }: Stores): Record<string, string> {
  return {
    TEST_POSTGRES_URL: postgres.adminUrl,
    TEST_REDIS_URL: redis.url,
    TEST_RABBITMQ_URL: rabbitmq.url,
    TEST_RABBITMQ_MANAGEMENT_URL: rabbitmq.managementUrl,
    ...(pooler === undefined ? {} : { TEST_POOLER_URL: pooler.url }),
  };
}
