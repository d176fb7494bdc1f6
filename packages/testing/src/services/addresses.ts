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
    throw new Error(`${variable} is not set: run the tests with "npm test", or give the address of a test service`);
  }
  return address;
}
