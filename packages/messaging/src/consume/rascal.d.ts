// What this package uses of rascal, which has no types of its own (those of DefinitelyTyped describe an old version).
declare module 'rascal' {
  import type { EventEmitter } from 'node:events';

  import type { Message } from 'amqplib';

  interface Recovery {
    strategy: 'nack';
    /** Back into its queue instead of among the dead letters. */
    requeue?: boolean;
  }

  /** Acknowledges without an error; with one, works through the recovery chain. Rejects when the channel has ended. */
  type AckOrNack = (error?: Error, recovery?: readonly Recovery[]) => Promise<void>;

  interface Subscription extends EventEmitter {
    /** Takes nothing new and waits for the acknowledgements that are open, at most `closeTimeout`. */
    cancel(): Promise<void>;
  }

  /** Emits `success` once confirmed, `return` before that when no queue took it, `error`, maybe more than once, and `close`. */
  type Publication = EventEmitter;

  interface Broker extends EventEmitter {
    subscribe(name: string): Promise<Subscription>;
    /** Publishes a message that was received, with its properties but for those given. */
    forward(
      publication: string,
      message: Message,
      overrides: { routingKey: string; options: { headers: Record<string, string | number> } },
    ): Promise<Publication>;
    shutdown(): Promise<void>;
  }

  interface BackOffConfig {
    min: number;
    max: number;
    factor: number;
    strategy: 'exponential';
  }

  interface Known {
    assert: false;
    check: false;
  }

  interface BrokerConfig {
    defaults: { vhosts: { connection: { retry: BackOffConfig } } };
    vhosts: Record<
      string,
      {
        connection: { url: string; socketOptions: object };
        exchanges: Record<string, Known>;
        queues: Record<string, Known>;
      }
    >;
    publications: Record<
      string,
      {
        vhost: string;
        exchange: string;
        confirm: true;
        timeout: number;
        options: { persistent: true; mandatory: true };
      }
    >;
    subscriptions: Record<
      string,
      {
        vhost: string;
        queue: string;
        prefetch: number;
        closeTimeout: number;
        promisifyAckOrNack: true;
        retry: BackOffConfig;
      }
    >;
  }

  const rascal: { BrokerAsPromised: { create(config: BrokerConfig): Promise<Broker> } };

  export type { AckOrNack, Broker, BrokerConfig, Known, Recovery, Subscription };
  export default rascal;
}
