export type ServiceVariable =
  | 'TEST_POSTGRES_URL'
  | 'TEST_POOLER_URL'
  | 'TEST_REDIS_URL'
  | 'TEST_RABBITMQ_URL'
  | 'TEST_RABBITMQ_MANAGEMENT_URL';

/** The address of a test service. Only `TEST_*` variables are read, so tests cannot reach a development database. */
export function serviceAddress(variable: ServiceVariable): string {
  const address = process.env[variable];
  if (address === undefined || address === '') {
    throw new Error(
      `${variable} is not set: run all tests with "npm test", or some of them in a shell that has what "pnpm test:stores" prints`,
    );
  }
  return address;
}
