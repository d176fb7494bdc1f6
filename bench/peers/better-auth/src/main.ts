// better-auth on Hono and node-postgres: sign-up and sign-in with a password under `/api/auth`. HASH says with which hash:
// its own (`default`), or Argon2id with the costs of ours (`argon2id`).
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createPasswordHasher, staticKeyring } from '@bank/security';
import { serve } from '@hono/node-server';
import { betterAuth } from 'better-auth';
import { getMigrations } from 'better-auth/db/migration';
import { Hono } from 'hono';
import pg from 'pg';

const { PORT, DATABASE_URL, DATABASE_CA_FILE, DATABASE_POOL_MAX, HASH } = process.env;
const hasher = createPasswordHasher({ pepper: staticKeyring('peer', { k1: randomBytes(32) }, 'k1') });
const argon2id = {
  hash: (password: string) => hasher.hash(password),
  verify: async ({ hash, password }: { hash: string; password: string }) => (await hasher.verify(hash, password)).valid,
};

const options = {
  baseURL: `http://127.0.0.1:${PORT}`,
  secret: randomBytes(32).toString('hex'),
  database: new pg.Pool({
    connectionString: DATABASE_URL,
    max: Number(DATABASE_POOL_MAX),
    // The host is an address, for which node-postgres does not tell Node a name to compare.
    ssl: DATABASE_CA_FILE !== undefined && {
      ca: readFileSync(DATABASE_CA_FILE, 'utf8'),
      checkServerIdentity: () => undefined,
    },
  }),
  emailAndPassword: { enabled: true, ...(HASH === 'argon2id' ? { password: argon2id } : {}) },
  rateLimit: { enabled: false },
  telemetry: { enabled: false },
  logger: { disabled: true },
};

await (await getMigrations(options)).runMigrations();
const auth = betterAuth(options);

const app = new Hono().get('/', (c) => c.text('ready')).post('/api/auth/*', (c) => auth.handler(c.req.raw));
serve({ fetch: app.fetch, hostname: '127.0.0.1', port: Number(PORT) });
