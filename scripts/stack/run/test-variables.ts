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

/** The same as lines for a shell. */
export function exportLines(variables: Readonly<Record<string, string>>): string {
  const quoted = (value: string) => `'${value.replaceAll("'", "'\\''")}'`;
  return Object.entries(variables)
    .map(([name, value]) => `export ${name}=${quoted(value)}\n`)
    .join('');
}
