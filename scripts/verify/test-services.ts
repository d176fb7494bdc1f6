import { once } from 'node:events';
import * as v from 'valibot';

/** The variables by which tests find Postgres, Redis and RabbitMQ. */
const TestVariables = v.record(v.pipe(v.string(), v.startsWith('TEST_')), v.string());

/**
 * Waits for the services of the tests, which `scripts/test.ts` starts while the static checks run, and puts their addresses into
 * the environment. Started in any other way, the addresses are the environment's own. Call it first: the message comes once.
 * @throws Error when nobody has started them
 */
export async function receiveTestServices(): Promise<void> {
  if (process.connected) {
    const [message]: unknown[] = await once(process, 'message');
    Object.assign(process.env, v.parse(TestVariables, message));
    process.disconnect?.();
  } else if (process.env['TEST_POSTGRES_URL'] === undefined) {
    throw new Error('the tests need services: run `pnpm verify`, which starts them, or set the TEST_… addresses');
  }
}
