// Nothing but Argon2id with the costs of sign-ins, on every core. `GET /measure?seconds=3` answers how many in a second.
import { randomBytes } from 'node:crypto';
import { availableParallelism } from 'node:os';
import { createPasswordHasher, staticKeyring } from '@bank/security';
import { serve } from '@hono/node-server';
import { Hono } from 'hono';
import { countFor } from '#closed-loop.ts';

const password = 'correct horse battery staple';
const hasher = createPasswordHasher({ pepper: staticKeyring('limit', { k1: randomBytes(32) }, 'k1') });
const hash = await hasher.hash(password);

const app = new Hono()
  .get('/', (c) => c.text('ready'))
  .get('/measure', async (c) => {
    const verify = () => hasher.verify(hash, password);
    return c.json(await countFor(Number(c.req.query('seconds')), availableParallelism(), verify));
  });
serve({ fetch: app.fetch, hostname: '127.0.0.1', port: Number(process.env['PORT']) });
