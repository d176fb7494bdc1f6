import { once } from 'node:events';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { TestCertificates } from '@bank/testing';
import type { ConnectRouter } from '@connectrpc/connect';
import { connectNodeAdapter } from '@connectrpc/connect-node';
import { afterAll } from 'vitest';

/**
 * Stands in for another app that the app under test calls: answers over the real protocol with mutual TLS, under that
 * app's certificate, until the test file ends. Gives its address.
 */
export async function rpcNeighbour(
  certificates: TestCertificates,
  name: string,
  routes: (router: ConnectRouter) => void,
): Promise<string> {
  const server = await serve(certificates, name, routes);
  afterAll(() => {
    server.closeAllConnections();
    server.close();
  });
  return addressOf(server);
}

/** The same for a `sharedApp`: it answers until the worker ends. */
export async function sharedNeighbour(
  certificates: TestCertificates,
  name: string,
  routes: (router: ConnectRouter) => void,
): Promise<string> {
  return addressOf((await serve(certificates, name, routes)).unref());
}

async function serve(
  certificates: TestCertificates,
  name: string,
  routes: (router: ConnectRouter) => void,
): Promise<Server> {
  const leaf = await certificates.issue({ name: `neighbour-${name}`, uris: [`spiffe://bank/app/${name}`] });
  const tls = { cert: leaf.cert, key: leaf.key, ca: certificates.ca, requestCert: true, rejectUnauthorized: true };
  const server = createServer(tls, connectNodeAdapter({ routes })).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return server;
}

function addressOf(server: Server): string {
  return `https://localhost:${(server.address() as AddressInfo).port}`;
}
