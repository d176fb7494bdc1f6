import { Redis } from 'ioredis';

/** Everything that lies in Redis under a prefix, and everything that was published there meanwhile. */
export interface RedisWatch {
  /** A line for each key with its value, and for each message. */
  text(): Promise<string>;
  /** Writes a text that belongs to nobody, to see whether it is found. */
  put(key: string, text: string): Promise<void>;
  close(): void;
}

/** Watches the keys and channels that begin with a prefix. */
export async function watchRedis(url: string, prefix: string): Promise<RedisWatch> {
  const [client, subscriber] = [new Redis(url), new Redis(url)];
  const messages: string[] = [];
  subscriber.on('pmessage', (_pattern, channel, message) => messages.push(`${channel} ${message}`));
  await subscriber.psubscribe(`${prefix}*`);
  return {
    async text() {
      const lines: string[] = [];
      for (const key of await keysOf(client, prefix)) lines.push(`${key} ${await contentOf(client, key)}`);
      return [...lines, ...messages].join('\n');
    },
    async put(key, text) {
      await client.set(`${prefix}${key}`, text, 'EX', 60);
    },
    close() {
      client.disconnect();
      subscriber.disconnect();
    },
  };
}

async function keysOf(client: Redis, prefix: string): Promise<string[]> {
  const found: string[] = [];
  let cursor = '0';
  do {
    const [next, keys] = await client.scan(cursor, 'MATCH', `${prefix}*`, 'COUNT', 500);
    found.push(...keys);
    cursor = next;
  } while (cursor !== '0');
  return found;
}

async function contentOf(client: Redis, key: string): Promise<string> {
  const readers: Readonly<Record<string, () => Promise<unknown>>> = {
    string: () => client.get(key),
    hash: () => client.hgetall(key),
    list: () => client.lrange(key, 0, -1),
    set: () => client.smembers(key),
    zset: () => client.zrange(key, '0', '-1', 'WITHSCORES'),
    stream: () => client.xrange(key, '-', '+'),
    none: async () => null, // it has run out meanwhile
  };
  const type = await client.type(key);
  const read = readers[type];
  if (read === undefined) throw new Error(`a key of type ${type} cannot be read`);
  const value = await read();
  return typeof value === 'string' ? value : JSON.stringify(value);
}
