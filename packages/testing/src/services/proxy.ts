import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';

export interface TestProxy {
  /** The address given, with the host and port of the proxy. */
  readonly url: string;
  /** Breaks every connection and refuses new ones, as a service that went down. */
  cut(): Promise<void>;
  /** Lets no byte through any more and answers nothing, as a service that hangs; connections stay open. */
  hang(): void;
  /** Says something to every client in the name of the service. */
  say(bytes: Uint8Array): void;
  /** How many connections are open. */
  connections(): number;
  /** Ends `cut` and `hang`. */
  restore(): Promise<void>;
  close(): Promise<void>;
}

export interface TestProxyOptions {
  /** Speaks TLS to the client and plain TCP to the service, so that a test can verify certificates of its own CA. */
  tls?: { cert: string; key: string };
  /** The scheme of the proxy's address, where TLS changes it: `rediss:`, `amqps:`. */
  protocol?: string;
}

/** A TCP proxy in front of a service at `target`, to show what a client does when the service goes away. */
export async function testProxy(target: string, options: TestProxyOptions = {}): Promise<TestProxy> {
  const { hostname, port } = new URL(target);
  const sockets = new Set<Socket>();
  const clients = new Set<Socket>();
  let hanging = false;
  function serve(client: Socket): void {
    const service = connect(Number(port), hostname);
    clients.add(client);
    client.on('close', () => clients.delete(client));
    for (const [from, to] of [
      [client, service],
      [service, client],
    ] as const) {
      sockets.add(from);
      from.on('data', (bytes) => {
        if (!hanging) to.write(bytes);
      });
      from.on('error', () => undefined); // 'close' follows
      from.on('close', () => {
        sockets.delete(from);
        to.destroy();
      });
    }
  }
  const server: Server = options.tls === undefined ? createServer(serve) : createTlsServer(options.tls, serve);
  server.on('tlsClientError', () => undefined); // a client that does not trust the certificate
  await listen(server, 0);
  const { port: ownPort } = server.address() as AddressInfo;

  async function cut(): Promise<void> {
    const closed = server.listening ? once(server.close(), 'close') : undefined;
    for (const socket of sockets) socket.destroy();
    await closed;
  }

  return {
    url: addressOf(target, ownPort, options.protocol),
    cut,
    hang() {
      hanging = true;
    },
    say(bytes) {
      for (const client of clients) client.write(bytes);
    },
    connections: () => clients.size,
    async restore() {
      hanging = false;
      if (!server.listening) await listen(server, ownPort);
    },
    close: cut,
  };
}

async function listen(server: Server, port: number): Promise<void> {
  await once(server.listen(port, '127.0.0.1'), 'listening');
}

function addressOf(target: string, port: number, protocol: string | undefined): string {
  const url = new URL(target);
  url.hostname = '127.0.0.1';
  url.port = String(port);
  // The setter of URL refuses to leave a special scheme, hence the text.
  return protocol === undefined ? url.href : url.href.replace(url.protocol, protocol);
}
