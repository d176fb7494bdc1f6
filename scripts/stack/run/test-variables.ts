import type { Stores } from '#stack/run/start-stores.ts';

/** The variables by which tests find their stores. The TLS addresses are there for private stores alone. */
export function testVariables({ postgres, redis, rabbitmq }: Stores): Record<string, string> {
  const plain = {
    TEST_POSTGRES_URL: postgres.adminUrl,
    TEST_REDIS_URL: redis.plainUrl ?? redis.url,
    TEST_RABBITMQ_URL: rabbitmq.plainUrl ?? rabbitmq.url,
    TEST_RABBITMQ_MANAGEMENT_URL: rabbitmq.managementUrl,
  };
  if (postgres.caFile === undefined || redis.plainUrl === undefined || rabbitmq.plainUrl === undefined) {
    return plain;
  }
  return {
    ...plain,
    TEST_TLS_CA_FILE: postgres.caFile,
    TEST_POSTGRES_TLS_URL: postgres.adminUrl, // one port: the authority decides
    TEST_REDIS_TLS_URL: redis.url,
    TEST_RABBITMQ_TLS_URL: rabbitmq.url,
  };
}
