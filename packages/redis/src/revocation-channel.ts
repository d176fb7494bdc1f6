import { type RevocationChannel, readRevocationMessage } from '@bank/verifier';
import type { Redis } from 'ioredis';
import type { RedisConnection } from '#connection.ts';

const channelName = 'revocations';

/**
 * Revocations over Redis pub/sub. Each subscription has a connection of its own, subscribes again after a loss, and
 * reports the loss the moment the connection ends; a connection that hangs is told by the missing heartbeat.
 */
export function createRevocationChannel(redis: RedisConnection): RevocationChannel {
  const channel = `${redis.keyPrefix}${channelName}`;
  return {
    async publish(message) {
      await redis.client.publish(channel, JSON.stringify(message));
    },

    /** Resolves when the first attempt to subscribe has ended; one that failed was reported to `onDisconnect`. */
    async subscribe(onMessage, onDisconnect) {
      const tried = Promise.withResolvers<void>();
      let ended = false;
      let lost = false;
      const subscriber = redis.client.duplicate({
        // Subscribing is done below, each time the connection is ready.
        autoResubscribe: false,
        lazyConnect: true,
        // Nothing is sent on this connection for hours, so silence is not death.
        socketTimeout: undefined,
      });
      subscriber.on('error', () => undefined); // 'close' follows
      subscriber.on('close', () => {
        // Told once: a connection that fails to come back has nothing new to miss.
        if (!ended && !lost) onDisconnect();
        lost = true;
        tried.resolve();
      });
      subscriber.on('ready', async () => {
        lost = !(await subscribeOn(subscriber, channel));
        tried.resolve();
      });
      subscriber.on('message', (_channel: string, text: string) => {
        const message = readRevocationMessage(text);
        if (message === undefined) redis.logger.warn('a malformed revocation message was ignored');
        else if (!ended) onMessage(message);
      });
      subscriber.connect().catch(() => undefined); // 'close' tells, and it connects again by itself
      await tried.promise;
      return async () => {
        ended = true;
        subscriber.disconnect();
      };
    },
  };
}

/** A connection that cannot subscribe is worth nothing: it is ended, which reports the loss and connects again. */
async function subscribeOn(subscriber: Redis, channel: string): Promise<boolean> {
  try {
    await subscriber.subscribe(channel);
    return true;
  } catch {
    subscriber.disconnect(true);
    return false;
  }
}
