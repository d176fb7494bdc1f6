import { createAdaptorServer } from '@hono/node-server';
import type { SandboxConfig } from '#config.ts';
import { inboxRoutes } from '#inbox/inbox.routes.ts';
import { Inbox } from '#inbox/inbox.ts';
import type { Protocol } from '#protocols/protocol.ts';
import { createSmtpProtocol } from '#protocols/smtp/smtp.ts';

export interface Sandbox {
  /** Listens on all protocols and gives their addresses by name. @throws Error naming what cannot listen */
  start(): Promise<Readonly<Record<string, string>>>;
  stop(): Promise<void>;
}

/** The composition of the sandbox: one inbox, the protocols that fill it, and the page that shows it. */
export function createSandbox(config: SandboxConfig): Sandbox {
  const inbox = new Inbox();
  const { host, smtpPort, slowMs } = config;
  const protocols: Protocol[] = [createSmtpProtocol({ inbox, host, port: smtpPort, slowMs })];
  const http = createHttpListener(config, inboxRoutes(inbox, protocols).fetch);
  return {
    async start() {
      const addresses: Record<string, string> = { inbox: await http.start() };
      for (const protocol of protocols) addresses[protocol.name] = await protocol.start();
      return addresses;
    },
    async stop() {
      await Promise.all([http.stop(), ...protocols.map((protocol) => protocol.stop())]);
    },
  };
}

function createHttpListener(config: SandboxConfig, fetch: (request: Request) => Response | Promise<Response>) {
  const server = createAdaptorServer({ fetch });
  return {
    start(): Promise<string> {
      return new Promise((resolve, reject) => {
        server.once('error', reject);
        server.listen(config.httpPort, config.host, () => {
          const bound = server.address();
          resolve(
            `http://${config.host}:${typeof bound === 'object' && bound !== null ? bound.port : config.httpPort}`,
          );
        });
      });
    },
    stop(): Promise<void> {
      if (!server.listening) return Promise.resolve();
      return new Promise((resolve) => {
        server.close(() => resolve());
        if ('closeAllConnections' in server) server.closeAllConnections();
      });
    },
  };
}
