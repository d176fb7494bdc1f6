import { recordResource, uniqueResourceName } from '#run/ledger.ts';
import { serviceAddress } from '#services/addresses.ts';
import { unlinkByPrefix } from '#services/redis-server.ts';

export interface TestRedis {
  readonly url: string;
  /** Ends in a colon; every key and channel of the test begins with it. */
  readonly keyPrefix: string;
  /** Removes the keys under the prefix, as a Redis that started empty would have none. */
  empty(): Promise<void>;
}

/** A key prefix of one test file on the test server; its keys are removed when the run ends. */
export function testRedis(): TestRedis {
  const url = serviceAddress('TEST_REDIS_URL');
  const keyPrefix = `${uniqueResourceName('redis')}:`;
  recordResource('redis', keyPrefix);
  return { url, keyPrefix, empty: () => unlinkByPrefix(keyPrefix) };
}
