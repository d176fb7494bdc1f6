import { connectionOf } from '@bank/test-bed';
// The statements of a feature and nothing else, by node-postgres over as many connections as the app has.
// `GET /measure?seconds=3` answers how many times in a second all of them ran. SCRIPT says which feature's.
import { serve } from '@hono/node-server';
import { Hono } from 'hono';
import pg from 'pg';
import { countFor } from '#closed-loop.ts';
import { registrationScript } from '#statements/registration.ts';
import { signInScript } from '#statements/sign-in.ts';

const scripts = { 'sign-in': signInScript, registration: registrationScript };

// What was written is nobody's message: the app must not publish it when it starts again.
const forgetMessages = 'update auth.outbox set published_at = clock_timestamp() where published_at is null';
// Nor is it anybody's session: the next sign-in of each would have to end all that are too many, and tell of each.
const endSessions =
  'update auth.sessions set revoked_at = clock_timestamp() where created_at >= $1 and revoked_at is null';

const startedAt = new Date();
const max = Number(process.env['DATABASE_POOL_MAX']);
const pool = new pg.Pool({ ...connectionOf(process.env), max });
const runOnce = await scripts[process.env['SCRIPT'] as keyof typeof scripts](pool);

async function run(): Promise<void> {
  const client = await pool.connect();
  try {
    await runOnce(client);
  } finally {
    client.release();
  }
}

const app = new Hono()
  .get('/', (c) => c.text('ready'))
  .get('/measure', async (c) => {
    const figures = await countFor(Number(c.req.query('seconds')), max, run);
    await pool.query(forgetMessages);
    await pool.query(endSessions, [startedAt]);
    return c.json(figures);
  });
serve({ fetch: app.fetch, hostname: '127.0.0.1', port: Number(process.env['PORT']) });
