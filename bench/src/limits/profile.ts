// Reading a profile with nothing around it: Hono, node-postgres, its two queries, and the decryption of its groups. The data
// keys are unwrapped before, as an app remembers them; the token is read and not verified.
import { connectionOf } from '@bank/test-bed';
import { serve } from '@hono/node-server';
import { Hono } from 'hono';
import pg from 'pg';
import { openerOf, type Place } from '#limits/data-keys.ts';

const select = `select user_id as "userId", version, identity, particulars, demographics, contact, financial,
  identity_locked_at as "identityLockedAt", created_at as "createdAt", updated_at as "updatedAt" from profile.profiles where user_id = $1`;

const picture = `select id, content_type as "contentType" from profile.files
  where user_id = $1 and purpose = 'avatar' and status = 'stored' order by id desc limit 1`;

const keyClasses = {
  ...{ identity: 'retained', contact: 'retained', financial: 'retained' },
  ...{ particulars: 'erasable', demographics: 'erasable' },
} as const satisfies Record<string, Place['keyClass']>;
type Group = keyof typeof keyClasses;
const groups = Object.keys(keyClasses) as Group[];

interface Row extends Readonly<Record<Group, Uint8Array>> {
  readonly version: number;
}

const pool = new pg.Pool({ ...connectionOf(process.env), max: Number(process.env['DATABASE_POOL_MAX']) });
const opened = await openerOf(pool, 'profile');
const place = (userId: string, group: Group) =>
  ({ userId, table: 'profiles', group, keyClass: keyClasses[group] }) as const;

const app = new Hono()
  .get('/', (c) => c.text('ready'))
  .get('/v1/profile', async (c) => {
    const [, payload = ''] = (c.req.header('authorization') ?? '').split('.');
    const { sub } = JSON.parse(Buffer.from(payload, 'base64url').toString('utf8')) as { sub: string };
    const [row] = (await pool.query<Row>(select, [sub])).rows;
    if (row === undefined) return c.text('not found', 404);
    const [avatar = null] = (await pool.query(picture, [sub])).rows;
    const { identity, particulars, demographics, contact, financial, ...rest } = row;
    const sealed = { identity, particulars, demographics, contact, financial };
    return c.json(Object.assign(rest, { avatar }, ...groups.map((group) => opened(place(sub, group), sealed[group]))));
  });
serve({ fetch: app.fetch, hostname: '127.0.0.1', port: Number(process.env['PORT']) });
