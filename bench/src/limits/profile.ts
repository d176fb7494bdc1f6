// Reading a profile with nothing around it: Hono, node-postgres, one query, and the decryption of its two groups. The data
// keys are unwrapped before, as an app remembers them; the token is read and not verified.
import { connectionOf } from '@bank/test-bed';
import { serve } from '@hono/node-server';
import { Hono } from 'hono';
import pg from 'pg';
import { openerOf, type Place } from '#limits/data-keys.ts';

const select = `select user_id as "userId", version, identity, particulars, created_at as "createdAt",
  updated_at as "updatedAt" from profile.profiles where user_id = $1`;

interface Row {
  readonly version: number;
  readonly identity: Uint8Array;
  readonly particulars: Uint8Array;
}

const pool = new pg.Pool({ ...connectionOf(process.env), max: Number(process.env['DATABASE_POOL_MAX']) });
const opened = await openerOf(pool, 'profile');
const place = (userId: string, group: string, keyClass: Place['keyClass']) =>
  ({ userId, table: 'profiles', group, keyClass }) as const;

const app = new Hono()
  .get('/', (c) => c.text('ready'))
  .get('/v1/profile', async (c) => {
    const [, payload = ''] = (c.req.header('authorization') ?? '').split('.');
    const { sub } = JSON.parse(Buffer.from(payload, 'base64url').toString('utf8')) as { sub: string };
    const [row] = (await pool.query<Row>(select, [sub])).rows;
    if (row === undefined) return c.text('not found', 404);
    const { identity, particulars, ...rest } = row;
    return c.json({
      ...rest,
      ...opened(place(sub, 'identity', 'retained'), identity),
      ...opened(place(sub, 'particulars', 'erasable'), particulars),
    });
  });
serve({ fetch: app.fetch, hostname: '127.0.0.1', port: Number(process.env['PORT']) });
