import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';

const LOOPBACK = '127.0.0.1';

/** A port, and the ports of the replicas behind it. */
export interface Forwarding {
  readonly listen: number;
  readonly targets: readonly number[];
}

/**
 * Listens on a port and hands each connection to one target after another, passing over those that refuse. Bytes go through as
 * they are: TLS and its client certificates stay between the caller and the replica.
 */
export async function forward({ listen, targets }: Forwarding): Promise<Server> {
  let next = 0;
  const server = createServer({ allowHalfOpen: true, pauseOnConnect: true, noDelay: true }, async (client) => {
    client.on('error', () => client.destroy());
    const inTurn = [...targets.slice(next), ...targets.slice(0, next)];
    next = (next + 1) % targets.length;
    const target = await firstThatAnswers(inTurn);
    if (target === undefined || client.destroyed) {
      target?.destroy();
      client.resetAndDestroy();
    } else {
      join(client, target);
    }
  });
  server.listen(listen, LOOPBACK);
  await once(server, 'listening');
  return server;
}

async function firstThatAnswers(ports: readonly number[]): Promise<Socket | undefined> {
  for (const port of ports) {
    const socket = connect({ host: LOOPBACK, port, allowHalfOpen: true, noDelay: true });
    try {
      await once(socket, 'connect');
      return socket;
    } catch {
      // It does not run, or stops: the next one.
    }
  }
  return undefined;
}

/** What one side sends the other gets, and when one breaks off so does the other. */
function join(client: Socket, target: Socket): void {
  target.on('error', () => target.destroy());
  client.on('close', () => target.destroy());
  target.on('close', () => client.destroy());
  client.pipe(target);
  target.pipe(client);
}
