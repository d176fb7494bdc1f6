import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';
import { GatewayClient } from '#load/gateway-client.ts';
import { Journal } from '#load/journal.ts';

/** A gateway that answers in that way, and a client of it with what it notes. */
export async function clientOf(answer: (request: IncomingMessage, response: ServerResponse) => void) {
  const server = createServer(answer).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => server.closeAllConnections());
  onTestFinished(() => void server.close());
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const journal = new Journal();
  return { url, journal, client: new GatewayClient(url, journal) };
}
