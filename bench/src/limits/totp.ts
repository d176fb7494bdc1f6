// Asking for a code of an authenticator app and taking it, with nothing around it: Hono, node-postgres, the statements of
// apps/mfa/src/features/challenge/{start,verify}-challenge.ts in their two transactions, one decryption, and the code itself.
import { verifyTotp } from '@bank/security';
import { connectionOf } from '@bank/test-bed';
import { serve } from '@hono/node-server';
import { Hono } from 'hono';
import pg from 'pg';
import { openerOf } from '#limits/data-keys.ts';
import { messagesLike } from '#statements/outbox.ts';

const lock = `select failures, blocked_until as "blockedUntil", session_failures as "sessionFailures",
    session_blocked_until as "sessionBlockedUntil", factors_reset_at as "factorsResetAt"
  from mfa.subjects where user_id = $1 for update`;
const listConfirmed = `select id, type, confirmed_at as "confirmedAt", last_used_at as "lastUsedAt",
    is_preferred as "isPreferred", version
  from mfa.factors where user_id = $1 and confirmed_at is not null
  order by is_preferred desc, last_used_at desc nulls last, id desc`;
const start = `insert into mfa.challenges as c (id, user_id, factor_id, purpose, binding_id, created_at, expires_at)
  values ($1, $2, $3, 'sign_in', $4, $5, $6)
  on conflict on constraint challenges_pkey do update set
    id = excluded.id, factor_id = excluded.factor_id, created_at = excluded.created_at,
    expires_at = excluded.expires_at, closed_at = null,
    attempts = case when c.closed_at is null and c.expires_at > excluded.created_at then c.attempts else 0 end
  where c.user_id = excluded.user_id
    and (c.attempts < 5 or c.closed_at is not null or c.expires_at <= excluded.created_at)`;
const claimTry = `update mfa.challenges c set attempts = c.attempts + 1 from mfa.factors f
  where c.id = $1 and c.user_id = $2 and c.purpose = 'sign_in' and c.binding_id = $3
    and c.attempts < 5 and c.closed_at is null and c.expires_at > $4
    and f.id = c.factor_id and f.user_id = c.user_id and f.confirmed_at is not null
  returning c.factor_id as "factorId", f.type`;
const find = `select coalesce(t.sealed, f.sealed) as sealed, f.last_step as "lastStep"
  from mfa.factors f left join mfa.totp_factors t on t.factor_id = f.id
  where f.user_id = $1 and f.id = $2 and f.type = 'totp'`;
const noteStep = `with spent as (
    update mfa.factors set last_step = $1
    where user_id = $2 and id = $3 and type = 'totp' and (last_step is null or last_step < $1)
    returning id, sealed, last_step)
  insert into mfa.totp_factors as t (factor_id, sealed, last_step) select id, sealed, last_step from spent
  on conflict (factor_id) do update set last_step = excluded.last_step`;
const pass = `with passed as (
    update mfa.challenges set closed_at = $1 where id = $2 and closed_at is null returning factor_id)
  update mfa.factors set last_used_at = $1 from passed where factors.id = passed.factor_id`;

interface Asked {
  readonly userId: string;
  readonly factorId: string;
  readonly bindingId: string;
  readonly challengeId: string;
}

const pool = new pg.Pool({ ...connectionOf(process.env), max: Number(process.env['DATABASE_POOL_MAX']) });
const opened = await openerOf(pool, 'mfa');
const announce = await messagesLike(pool, ['audit.entry_recorded.v1'], 'mfa');

async function inTransaction<T>(work: (client: pg.PoolClient) => Promise<T>): Promise<T> {
  const client = await pool.connect();
  try {
    await client.query('begin');
    const result = await work(client);
    await client.query('commit');
    return result;
  } finally {
    client.release();
  }
}

async function ask(client: pg.PoolClient, { userId, factorId, bindingId, challengeId }: Asked): Promise<void> {
  const now = new Date();
  await client.query(lock, [userId]);
  await client.query(listConfirmed, [userId]);
  await client.query(start, [challengeId, userId, factorId, bindingId, now, new Date(now.getTime() + 300_000)]);
}

async function take(client: pg.PoolClient, asked: Asked & { readonly code: string }): Promise<boolean> {
  const { userId, bindingId, challengeId, code } = asked;
  const now = new Date();
  await client.query(lock, [userId]);
  const [claimed] = (await client.query<{ factorId: string }>(claimTry, [challengeId, userId, bindingId, now])).rows;
  const factorId = claimed?.factorId ?? '';
  const found = await client.query<{ sealed: Uint8Array; lastStep: string | null }>(find, [userId, factorId]);
  const { sealed, lastStep } = found.rows[0] ?? { sealed: new Uint8Array(), lastStep: null };
  const place = { userId, table: 'factors', group: `secret:${factorId}`, keyClass: 'erasable' } as const;
  const secret = Buffer.from((opened(place, sealed) as { secret: string }).secret, 'base64');
  const attempt = { secret, code, at: now, lastStep: lastStep === null ? undefined : Number(lastStep) };
  const step = await verifyTotp(attempt);
  if (step === undefined) return false;
  await client.query(noteStep, [step, userId, factorId]);
  await client.query(pass, [now, challengeId]);
  await announce(client, userId);
  return true;
}

const app = new Hono()
  .get('/', (c) => c.text('ready'))
  .post('/challenge', async (c) => {
    const asked = await c.req.json<Asked>();
    await inTransaction((client) => ask(client, asked));
    return c.json({ challengeId: asked.challengeId });
  })
  .post('/verify', async (c) => {
    const asked = await c.req.json<Asked & { code: string }>();
    return (await inTransaction((client) => take(client, asked))) ? c.json({ type: 'totp' }) : c.text('wrong', 401);
  })
  .post('/forget', async (c) => {
    // What was written is nobody's message: the app must not publish it when it starts again.
    await pool.query('update mfa.outbox set published_at = clock_timestamp() where published_at is null');
    return c.text('forgotten');
  });
serve({ fetch: app.fetch, hostname: '127.0.0.1', port: Number(process.env['PORT']) });
