// Connect answering a constant `GetUser` over the same transport: mutual TLS 1.3 that takes HTTP/1.1 and HTTP/2. It
// listens on RPC_PORT; PORT only says that it is ready.
import { readFileSync } from 'node:fs';
import { createSecureServer } from 'node:http2';
import { UserService, UserStatus } from '@bank/proto/user';
import { connectNodeAdapter } from '@connectrpc/connect-node';
import { serve } from '@hono/node-server';
import { Hono } from 'hono';

const user = {
  userId: '019ac0de-0000-7000-8000-000000000000',
  status: UserStatus.ACTIVE,
  roles: ['customer'],
  emailVerified: true,
  version: 1n,
};

const file = (variable: string) => readFileSync(process.env[variable] ?? '', 'utf8');
const tls = {
  ca: file('TLS_CA_FILE'),
  cert: file('TLS_CERT_FILE'),
  key: file('TLS_KEY_FILE'),
  minVersion: 'TLSv1.3',
  allowHTTP1: true,
  requestCert: true,
} as const;
const adapter = connectNodeAdapter({ routes: (router) => router.service(UserService, { getUser: () => ({ user }) }) });
createSecureServer(tls, adapter).listen(Number(process.env['RPC_PORT']), '127.0.0.1');

const app = new Hono().get('/', (c) => c.text('ready'));
serve({ fetch: app.fetch, hostname: '127.0.0.1', port: Number(process.env['PORT']) });
