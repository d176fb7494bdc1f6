import { Redis } from 'ioredis';
import { serviceAddress } from '#services/addresses.ts';

/** Removes every key that begins with a prefix. */
export async function unlinkByPrefix(prefix: string): Promise<void> {
  const client = new Redis(serviceAddress('TEST_REDIS_URL'), { lazyConnect: true, maxRetriesPerRequest: 1 });
  await client.connect();
  try {
    let cursor = '0';
    do {
      const [next, keys] = await client.scan(cursor, 'MATCH', `${prefix}*`, 'COUNT', 500);
      if (keys.length > 0) {
        await client.unlink(keys);
      }
      cursor = next;
    } while (cursor !== '0');
  } finally {
    client.disconnect();
  }
}
