// Reading a profile with nothing around it: Hono, node-postgres, one query, and the decryption of its two groups. The data
// keys are unwrapped before, as an app remembers them; the token is read and not verified.
import { join } from 'node:path';
import { open, openKeyring, openWith } from '@bank/security';
import { connectionOf } from '@bank/test-bed';
import { serve } from '@hono/node-server';
import { Hono } from 'hono';
import pg from 'pg';

const select = `select user_id as "userId", version, identity, particulars, created_at as "createdAt",
  updated_at as "updatedAt" from profile.profiles where user_id = $1`;

interface WrappedKey {
  readonly id: string;
  readonly userId: string;
  readonly keyClass: string;
  readonly wrapped: Uint8Array;
}

interface Row {
  readonly version: number;
  readonly identity: Uint8Array;
  readonly particulars: Uint8Array;
}

const pool = new pg.Pool({ ...connectionOf(process.env), max: Number(process.env['DATABASE_POOL_MAX']) });
const keys = await unwrappedKeys();

async function unwrappedKeys(): Promise<ReadonlyMap<string, { id: string; bytes: Uint8Array }>> {
  const file = join(process.env['KEYRING_DIR'] ?? '', 'kek.json');
  const keyring = openKeyring(file, { name: 'kek', allowDevelopmentKeys: true });
  const { rows } = await pool.query<WrappedKey>(
    'select id, user_id as "userId", key_class as "keyClass", wrapped from profile.data_keys where wrapped is not null',
  );
  keyring.close();
  return new Map(
    rows.map(({ id, userId, keyClass, wrapped }) => {
      const bytes = openWith(keyring, wrapped, JSON.stringify(['data-key', 'profile', userId, keyClass, id]));
      return [`${userId} ${keyClass}`, { id, bytes }];
    }),
  );
}

function opened(userId: string, group: string, keyClass: string, sealed: Uint8Array): object {
  const key = keys.get(`${userId} ${keyClass}`);
  if (key === undefined) throw new Error('there is no such data key');
  const place = JSON.stringify(['pii', 'profile', 'profiles', group, userId, keyClass]);
  return JSON.parse(Buffer.from(open(key, sealed, place)).toString('utf8')) as object;
}

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
      ...opened(sub, 'identity', 'retained', identity),
      ...opened(sub, 'particulars', 'erasable', particulars),
    });
  });
serve({ fetch: app.fetch, hostname: '127.0.0.1', port: Number(process.env['PORT']) });
