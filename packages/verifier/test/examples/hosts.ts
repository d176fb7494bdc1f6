import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { UserService } from '@bank/proto/user';
import { connectNodeAdapter } from '@connectrpc/connect-node';
import { getRequestListener } from '@hono/node-server';
import type { Guard } from '#index.ts';
import { authenticated, claimsKey } from '../../examples/connect.ts';
import * as byExpress from '../../examples/express.ts';
import * as byHono from '../../examples/hono.ts';

/** A service that is written as an example says, with something to read and something that needs a step-up. */
export interface Host {
  readonly name: string;
  /** Its two requests, as a client would send them. */
  readonly read: { readonly method: string; readonly path: string };
  readonly write: { readonly method: string; readonly path: string };
  readonly success: readonly [read: number, write: number];
  listener(guard: Guard): RequestListener;
}

const payments = {
  read: { method: 'GET', path: '/v1/payments?of=mine' },
  write: { method: 'POST', path: '/v1/payments' },
};

export const hosts: readonly Host[] = [
  {
    name: 'Hono',
    ...payments,
    success: [200, 201],
    listener: (guard) => getRequestListener(byHono.createApp(guard).fetch),
  },
  { name: 'Express', ...payments, success: [200, 201], listener: (guard) => byExpress.createApp(guard) },
  {
    name: 'Connect',
    read: { method: 'POST', path: '/bank.user.v1.UserService/GetUser' },
    write: { method: 'POST', path: '/bank.user.v1.UserService/SetUserStatus' },
    success: [200, 200],
    listener: (guard) =>
      connectNodeAdapter({
        interceptors: [authenticated(guard, { SetUserStatus: { acr: 'aal2', maxAgeSeconds: 300 } })],
        routes: (router) =>
          router.service(UserService, {
            getUser: (_request, { values }) => ({ user: { userId: values.get(claimsKey)?.sub ?? '' } }),
            setUserStatus: () => ({}),
          }),
      }),
  },
];

/** Serves a host on a port of its own. */
export async function serve(listener: RequestListener): Promise<{ url: string; server: Server }> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, server };
}
