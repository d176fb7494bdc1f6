import pg from 'pg';
import { type AddressOptions, readAddress } from '#connection/address.ts';
import { breakWhenSilent } from '#connection/statement-deadline.ts';

const RECONNECT_MS = 250;
const RECONNECT_MAX_MS = 10_000;
/** It only ever waits: without this the kernel would ask for the first time after two hours whether the server is there. */
const KEEP_ALIVE_MS = 10_000;

/** Ends a subscription; the connection closes with the last one. */
export type StopListening = () => Promise<void>;

export interface ListenerOptions extends AddressOptions {
  readonly service: string;
}

/**
 * LISTEN on one direct connection of its own, since a pooler in transaction mode cannot carry it. A lost connection is
 * made anew, waiting longer each time; after that every subscriber is called once, for it may have missed something.
 */
export class Listener {
  readonly #options: ListenerOptions;
  readonly #subscribers = new Map<string, Set<() => void>>();
  #client: pg.Client | undefined;
  #connecting: Promise<void> | undefined;
  #said: Promise<void> = Promise.resolve();
  #retry: NodeJS.Timeout | undefined;
  #failures = 0;

  constructor(options: ListenerOptions) {
    this.#options = options;
  }

  /** Calls `onNotify` at each notification. Does not wait for a server that is away. */
  async listen(channel: string, onNotify: () => void): Promise<StopListening> {
    const present = this.#subscribers.get(channel) ?? new Set();
    this.#subscribers.set(channel, present.add(onNotify));
    if (this.#client === undefined) {
      await this.#connect().catch(() => this.#reconnectLater());
    } else if (present.size === 1) {
      await this.#say(`listen ${pg.escapeIdentifier(channel)}`);
    }
    return () => this.#unsubscribe(channel, onNotify);
  }

  async close(): Promise<void> {
    clearTimeout(this.#retry);
    this.#retry = undefined;
    this.#subscribers.clear();
    const client = this.#client;
    this.#client = undefined;
    await client?.end();
  }

  #connect(): Promise<void> {
    this.#connecting ??= this.#open().finally(() => {
      this.#connecting = undefined;
    });
    return this.#connecting;
  }

  async #open(): Promise<void> {
    const client = new pg.Client({
      ...readAddress(this.#options),
      application_name: `${this.#options.service}:listen`,
      connectionTimeoutMillis: RECONNECT_MAX_MS,
      keepAlive: true,
      keepAliveInitialDelayMillis: KEEP_ALIVE_MS,
    });
    breakWhenSilent(client);
    client.on('error', () => undefined); // 'end' follows, and says all there is to do
    client.on('end', () => this.#onEnd(client));
    client.on('notification', ({ channel }) => notify(this.#subscribers.get(channel)));
    await client.connect();
    for (const channel of this.#subscribers.keys()) {
      await client.query(`listen ${pg.escapeIdentifier(channel)}`);
    }
    this.#failures = 0;
    if (this.#subscribers.size === 0) {
      await client.end(); // closed while it connected
    } else {
      this.#client = client;
    }
  }

  #onEnd(client: pg.Client): void {
    if (this.#client === client) {
      this.#client = undefined;
      this.#reconnectLater();
    }
  }

  #reconnectLater(): void {
    if (this.#subscribers.size === 0 || this.#retry !== undefined) {
      return;
    }
    const waitMs = Math.min(RECONNECT_MS * 2 ** this.#failures, RECONNECT_MAX_MS);
    this.#failures += 1;
    this.#retry = setTimeout(() => {
      this.#retry = undefined;
      // Whoever listened to another channel meanwhile may have connected; who began before that has still missed something.
      const connected = this.#client === undefined ? this.#connect() : Promise.resolve();
      connected.then(
        () => this.#notifyAll(),
        () => this.#reconnectLater(),
      );
    }, waitMs).unref();
  }

  #notifyAll(): void {
    for (const subscribers of this.#subscribers.values()) {
      notify(subscribers);
    }
  }

  async #unsubscribe(channel: string, onNotify: () => void): Promise<void> {
    const rest = this.#subscribers.get(channel);
    if (rest === undefined || !rest.delete(onNotify) || rest.size > 0) {
      return;
    }
    this.#subscribers.delete(channel);
    if (this.#subscribers.size === 0) {
      await this.close();
    } else {
      await this.#say(`unlisten ${pg.escapeIdentifier(channel)}`);
    }
  }

  /** One after another, as the driver wants it. A connection that is lost meanwhile is made anew with all channels. */
  #say(statement: string): Promise<void> {
    this.#said = this.#said.then(async () => {
      await this.#client?.query(statement).catch(() => undefined);
    });
    return this.#said;
  }
}

function notify(subscribers: ReadonlySet<() => void> | undefined): void {
  for (const onNotify of subscribers ?? []) {
    onNotify();
  }
}
