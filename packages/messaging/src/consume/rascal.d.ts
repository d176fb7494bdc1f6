// What this package uses of rascal, which has no types of its own (those of DefinitelyTyped describe an old version).
declare module 'rascal' {
  import type { EventEmitter } from 'node:events';

  interface Recovery {
    strategy: 'nack' | 'forward';
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

  interface Checked {
    assert: false;
    check: true;
  }

  interface BrokerConfig {
    defaults: { vhosts: { connection: { retry: BackOffConfig } } };
    vhosts: Record<
      string,
      {
        connection: { url: string; socketOptions: object };
        exchanges: Record<string, Checked>;
        queues: Record<string, Checked>;
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

  export type { AckOrNack, Broker, BrokerConfig, Checked, Recovery, Subscription };
  export default rascal;
}
