// Rotating a refresh token with nothing around it: Hono, node-postgres, the statements of the feature in one transaction,
// and one ES256 signature. The statements are those of apps/auth/src/storage/sessions/{refresh-token,session}.repository.ts.
import { randomBytes, randomUUID } from 'node:crypto';
import { uuidv7 } from '@bank/domain';
import { generateSigningKey, mintToken, type ReadToken, readToken, signJwt } from '@bank/security';
import { connectionOf } from '@bank/test-bed';
import { serve } from '@hono/node-server';
import { Hono } from 'hono';
import pg from 'pg';

const lockHolder = `select t.id as "tokenId", t.generation, t.digest, t.predecessor_id as "predecessorId",
    s.id, s.user_id as "userId", s.client_id as "clientId", s.device_id as "deviceId", s.acr, s.amr,
    s.auth_time as "authTime", s.created_at as "createdAt", s.last_used_at as "lastUsedAt",
    s.idle_expires_at as "idleExpiresAt", s.absolute_expires_at as "absoluteExpiresAt", s.revoked_at as "revokedAt",
    s.dpop_jkt as "dpopJkt", s.origin,
    u.status as "userState", u.roles, d.secret_digest as "deviceDigest"
  from auth.refresh_tokens t
    join auth.sessions s on s.id = t.session_id
    join auth.users u on u.id = s.user_id
    join auth.devices d on d.user_id = s.user_id and d.id = s.device_id
  where t.id = $1 for update of s`;
const consume = `update auth.refresh_tokens set consumed_at = $1, successor_id = $2, derivation_key_id = $3, nonce = $4
  where id = $5 and consumed_at is null`;
const forgetNonce = 'update auth.refresh_tokens set nonce = null where id = $1';
const insert = `insert into auth.refresh_tokens (id, session_id, generation, digest, predecessor_id, created_at)
  values ($1, $2, $3, $4, $5, $6)`;
const touch = 'update auth.sessions set last_used_at = $1, idle_expires_at = $2 where id = $3';

interface Holder {
  readonly id: string;
  readonly userId: string;
  readonly deviceId: string;
  readonly generation: number;
  readonly predecessorId: string | null;
  readonly idleExpiresAt: Date;
}

const pool = new pg.Pool({ ...connectionOf(process.env), max: Number(process.env['DATABASE_POOL_MAX']) });
const key = generateSigningKey('limit');

async function rotate(client: pg.PoolClient, token: ReadToken): Promise<{ holder: Holder; refreshToken: string }> {
  await client.query('begin');
  const [holder] = (await client.query<Holder>(lockHolder, [token.id])).rows;
  if (holder === undefined) throw new Error('there is no such token');
  const now = new Date();
  const successor = mintToken('rt', uuidv7());
  const successorId = successor.token.slice('rt_'.length, successor.token.indexOf('.'));
  await client.query(consume, [now, successorId, 'limit', randomBytes(32), token.id]);
  if (holder.predecessorId !== null) await client.query(forgetNonce, [holder.predecessorId]);
  const row = [successorId, holder.id, holder.generation + 1, successor.digest, token.id, now];
  await client.query(insert, row);
  await client.query(touch, [now, holder.idleExpiresAt, holder.id]);
  await client.query('commit');
  return { holder, refreshToken: successor.token };
}

function accessToken({ id, userId, deviceId }: Holder): string {
  const iat = Date.now() / 1000;
  const claims = {
    iss: 'http://localhost',
    aud: 'customer',
    sub: userId,
    sid: id,
    jti: randomUUID(),
    iat,
    exp: iat + 300,
  };
  return signJwt(key, 'at+jwt', { ...claims, acr: 'aal1', amr: ['pwd'], roles: ['customer'], did: deviceId });
}

const app = new Hono()
  .get('/', (c) => c.text('ready'))
  .post('/v1/auth/token/refresh', async (c) => {
    const token = readToken('rt', (await c.req.json<{ refreshToken: string }>()).refreshToken);
    if (token === undefined) return c.text('malformed', 401);
    const client = await pool.connect();
    let failed = true;
    try {
      const { holder, refreshToken } = await rotate(client, token);
      failed = false;
      return c.json({ accessToken: accessToken(holder), tokenType: 'Bearer', expiresIn: 300, refreshToken });
    } finally {
      client.release(failed); // closed after an error: a transaction may be open on it
    }
  });
serve({ fetch: app.fetch, hostname: '127.0.0.1', port: Number(process.env['PORT']) });
