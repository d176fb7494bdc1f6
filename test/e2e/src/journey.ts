import assert from 'node:assert/strict';
import type { Exchange, GatewayClient } from '#client.ts';

/** Where a journey goes, and who hears of it. `announce` gets a line before each step. */
export interface JourneyOptions {
  readonly client: GatewayClient;
  readonly inboxUrl: string;
  readonly announce: (step: string) => void;
}

/** What a session is opened and renewed with. */
export interface Tokens {
  readonly accessToken: string;
  readonly refreshToken: string;
  readonly acr: string;
  readonly device?: { id: string; secret: string };
}

/** The body of an answer that has to have this status. @throws AssertionError */
export function expectStatus<T>(exchange: Exchange, status: number): T {
  const { method, path, body } = exchange;
  assert.equal(exchange.status, status, `${method} ${path} answered ${exchange.status}: ${JSON.stringify(body)}`);
  return body as T;
}
