import type { Stores } from '#stack/run/start-stores.ts';
import { readSettings, type Settings } from '#stack/settings/settings.ts';

const TEST_VARIABLES = ['POSTGRES_URL', 'REDIS_URL', 'RABBITMQ_URL', 'RABBITMQ_MANAGEMENT_URL'] as const;

/**
 * Settings for tests: only `TEST_*` addresses are read, so that no test reaches a development store; and `STACK_INSTALL`.
 * @throws StackError naming a variable that cannot be
 */
export function testSettings(env: NodeJS.ProcessEnv, envFile: ReadonlyMap<string, string> = new Map()): Settings {
  const own = Object.fromEntries(
    TEST_VARIABLES.map((name) => [name, env[`TEST_${name}`] || envFile.get(`TEST_${name}`)]),
  );
  return readSettings({ ...own, STACK_INSTALL: env['STACK_INSTALL'] ?? envFile.get('STACK_INSTALL') });
}

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
