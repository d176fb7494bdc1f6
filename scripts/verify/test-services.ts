import { once } from 'node:events';

/** The `TEST_*` variables by which tests find their services. */
export type TestVariables = Readonly<Record<string, string>>;

/**
 * Waits for the test services that `npm test` starts while the static checks run, and puts their addresses into the
 * environment. Started in any other way, the addresses are the environment's own and there is nothing to wait for.
 */
export async function receiveTestServices(): Promise<void> {
  if (!process.connected) {
    return;
  }
  const [variables] = (await once(process, 'message')) as [TestVariables];
  Object.assign(process.env, variables);
  process.disconnect?.();
}
