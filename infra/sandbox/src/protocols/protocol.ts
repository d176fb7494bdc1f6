import type { Hono } from 'hono';

/** What the page tells of a third party that the sandbox answers for. */
export interface Documented {
  readonly name: string;
  /** What an input does, for the page. */
  readonly outcomes: readonly { readonly input: string; readonly outcome: string }[];
}

/** One third party on a port of its own, over its real protocol. Each is a folder beside this file. */
export interface Protocol extends Documented {
  /** Begins to listen and gives the address. @throws Error with the system's code when it cannot */
  start(): Promise<string>;
  stop(): Promise<void>;
}

/** One third party that speaks HTTP: it answers on the port of the inbox, below a path of its name. */
export interface HttpProtocol extends Documented {
  // biome-ignore lint/suspicious/noExplicitAny: a router of any bindings can be mounted
  readonly routes: Hono<any>;
  stop(): void;
}
