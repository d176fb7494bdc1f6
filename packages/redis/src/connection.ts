import { readFileSync } from 'node:fs';
import { isIP } from 'node:net';
import type { ConnectionOptions } from 'node:tls';
import type { Secret } from '@bank/domain';
import type { Logger } from '@bank/observability';
import { Redis } from 'ioredis';

export interface RedisConnectionOptions {
  /** `redis://` or `rediss://`. */
  url: Secret;
  /** PEM of the authority that signed Redis's certificate; the system's authorities when left out. */
  caFile?: string;
  /** Goes before every key and channel; ends in a colon. */
  keyPrefix: string;
  service: string;
  logger: Logger;
}

export interface RedisConnection {
  /** Prefixes keys by itself. Commands fail at once while Redis is away, and after 250 ms when it does not answer. */
  readonly client: Redis;
  /** For channels and other names that the client does not prefix. */
  readonly keyPrefix: string;
  readonly logger: Logger;
  /** Whether commands can be sent now. */
  isReady(): boolean;
  /** @throws Error when Redis does not answer */
  ping(): Promise<void>;
  close(): Promise<void>;
}

const commandTimeoutMs = 250;
// Without an answer for this long the connection counts as dead; commands then fail at once instead of each waiting.
const socketTimeoutMs = 1000;
const connectTimeoutMs = 2000;
const reconnectMaxMs = 2000;

/**
 * Connects in the background and again after a loss; nothing waits for Redis longer than 250 ms, and nothing is queued
 * while it is away. Over `rediss` the certificate is always verified against the host name (SR-68).
 * @throws Error for another protocol, or a CA without TLS
 */
export function connectRedis(options: RedisConnectionOptions): RedisConnection {
  const { keyPrefix, logger } = options;
  const client = new Redis(options.url.reveal(), clientOptions(options));
  logEvents(client, logger);
  return {
    client,
    keyPrefix,
    logger,
    isReady: () => client.status === 'ready',
    async ping() {
      await client.ping();
    },
    async close() {
      client.disconnect();
    },
  };
}

function clientOptions({ url, caFile, keyPrefix, service }: RedisConnectionOptions) {
  const { protocol, hostname } = new URL(url.reveal());
  const secure = protocol === 'rediss:';
  if (!secure && protocol !== 'redis:') throw new Error('the address of Redis must begin with redis:// or rediss://');
  if (!secure && caFile !== undefined) throw new Error('a CA file is given, but the address of Redis is not rediss://');
  return {
    keyPrefix,
    connectionName: service,
    enableOfflineQueue: false,
    // A command whose answer was lost may have been done; doing it again would count a limit twice.
    autoResendUnfulfilledCommands: false,
    maxRetriesPerRequest: 0,
    commandTimeout: commandTimeoutMs,
    socketTimeout: socketTimeoutMs,
    connectTimeout: connectTimeoutMs,
    retryStrategy: reconnectDelay,
    // After a failover the old address may lead to what is now a replica.
    reconnectOnError: (error: Error) => error.message.startsWith('READONLY'),
    ...(secure ? { tls: tlsOptions(hostname, caFile) } : {}),
  };
}

function tlsOptions(hostname: string, caFile: string | undefined): ConnectionOptions {
  return {
    minVersion: 'TLSv1.2',
    ...(isIP(hostname) === 0 ? { servername: hostname } : {}),
    ...(caFile === undefined ? {} : { ca: readFileSync(caFile) }),
  };
}

/** 50 ms and doubling up to two seconds; half of it random, so that many processes do not come back at once. */
function reconnectDelay(attempt: number): number {
  const ceilingMs = Math.min(50 * 2 ** Math.min(attempt, 10), reconnectMaxMs);
  return Math.round(ceilingMs * (0.5 + Math.random() / 2));
}

/** One line when Redis goes and one when it comes, however often ioredis tries in between. */
function logEvents(client: Redis, logger: Logger): void {
  let away = false;
  const lost = (fields: { err?: unknown }) => {
    if (!away) logger.warn({ ...fields, dependency: 'redis' }, 'Redis is away');
    away = true;
  };
  client.on('error', (error: Error) => lost({ err: error }));
  client.on('close', () => lost({}));
  client.on('ready', () => {
    if (away) logger.info({ dependency: 'redis' }, 'Redis is back');
    away = false;
  });
}
