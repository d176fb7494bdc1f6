// What this package uses of rascal, which has no types of its own (those of DefinitelyTyped describe an old version).
declare module 'rascal' {
  import type { EventEmitter } from 'node:events';

  interface Recovery {
    strategy: 'nack' | 'forward';
    /** Of a nack: back into its queue instead of among the dead letters. */
    requeue?: boolean;
    /** Milliseconds before it. */
    defer?: number;
    publication?: string;
    options?: { routingKey: string; options: { headers: Record<string, string | number> } };
  }

  /** Acknowledges without an error; with one, works through the recovery chain. Rejects when the channel has ended. */
  type AckOrNack = (error?: Error, recovery?: readonly Recovery[]) => Promise<void>;

  interface Subscription extends EventEmitter {
    /** Takes nothing new and waits for the acknowledgements that are open, at most `closeTimeout`. */
    cancel(): Promise<void>;
  }

  interface Broker extends EventEmitter {
    subscribe(name: string): Promise<Subscription>;
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
