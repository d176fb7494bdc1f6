import { UserService } from '@bank/proto/user';
import { raceOf, until, winners } from '@bank/testing';
import { beforeEach, describe, expect, it } from 'vitest';
import { trimmingChores } from '#jobs/trim.ts';
import { freshEmail, password, register } from './support/accounts.ts';
import { origin, startAuth } from './support/auth.ts';
import { emitFactorEnrolled } from './support/events.ts';
import { get, post } from './support/http.ts';
import { callerTable, clientAs } from './support/rpc.ts';
import { activate, claimsOf, cookiePair, fromConsole, signInAtConsole, tokenOfLink } from './support/staff.ts';

const method = 'bank.user.v1.UserService/CreateFirstAdmin';
const callers = callerTable({ ops: { methods: [method] }, tools: { methods: [method] } });
const auth = await startAuth({ callers, env: { DATABASE_POOL_MAX: '8' } });
const ops = await clientAs(auth, 'ops', UserService);

/** There is nobody at the beginning of each test. */
beforeEach(async () => {
  await auth.database.query(`update auth.users set status = 'closed' where 'admin' = any (roles)`);
});

async function linkFor(email = freshEmail()): Promise<string> {
  return tokenOfLink((await ops.createFirstAdmin({ email })).activationUrl);
}

async function count(sql: string, params: readonly unknown[] = []): Promise<number> {
  const [row] = await auth.database.query<{ count: string }>(`select count(*) ${sql}`, params);
  return Number(row?.count);
}

async function ledger(action: string, subject: string) {
  return await auth.database.query<{ data: { outcome: string; reason?: string; details?: object } }>(
    `select data from auth.outbox where destination = 'audit' and data->>'action' = $1 and subject = $2`,
    [action, subject],
  );
}

describe('CreateFirstAdmin', () => {
  it('SR-37 gives a link to the console that lasts a day, and makes no user', async () => {
    const email = freshEmail();
    const before = await count('from auth.users');
    const { activationUrl, expiresAt } = await ops.createFirstAdmin({ email });
    expect(activationUrl).toMatch(/^https:\/\/staff\.bank\.example\/activate#token=ac_[\w-]{36}\.[\w-]{43}$/);
    const seconds = Number(expiresAt?.seconds) - auth.clock.now().getTime() / 1000;
    expect(seconds).toBeGreaterThan(86_340);
    expect(seconds).toBeLessThanOrEqual(86_400);
    expect(await count('from auth.users')).toBe(before);
    const id = tokenOfLink(activationUrl).slice(3, 39);
    expect((await ledger('operator.command_run', id)).map(({ data }) => data)).toEqual([
      expect.objectContaining({ outcome: 'AUDIT_OUTCOME_SUCCESS', details: { command: 'admin create' } }),
    ]);
    const rows = await auth.database.query('select * from auth.activations where id = $1', [id]);
    expect(JSON.stringify(rows)).not.toContain(email);
  });

  it('ends the older link for an address', async () => {
    const email = freshEmail();
    const [older, newer] = [await linkFor(email), await linkFor(email)];
    expect((await activate(auth, older)).body.code).toBe('auth.verification.invalid');
    expect((await activate(auth, newer)).status).toBe(200);
  });

  it("refuses a user's address, and what is none", async () => {
    const { email } = await register(auth);
    await expect(ops.createFirstAdmin({ email })).rejects.toMatchObject({ code: 'staff.address.taken' });
    await expect(ops.createFirstAdmin({ email: 'x' })).rejects.toMatchObject({ code: 'request.invalid' });
  });

  it('SR-71 refuses once two administrators are active', async () => {
    for (let made = 0; made < 2; made += 1) expect((await activate(auth, await linkFor())).status).toBe(200);
    await expect(ops.createFirstAdmin({ email: freshEmail() })).rejects.toMatchObject({
      code: 'staff.administrators.enough',
    });
  });

  it('SR-68 is for the operator alone', async () => {
    const tools = await clientAs(auth, 'tools', UserService);
    await expect(tools.createFirstAdmin({ email: freshEmail() })).rejects.toMatchObject({ code: 'access.forbidden' });
  });
});

describe('POST /v1/auth/activate', () => {
  it('200 makes the user, and opens a session that is good for enrolling a factor alone', async () => {
    const answer = await activate(auth, await linkFor());
    expect(answer.status).toBe(200);
    expect(answer.body).toMatchObject({ acr: 'aal1', audience: 'enrolment' });
    expect(answer.body).not.toHaveProperty('refreshToken');
    expect(cookiePair(answer, '__Secure-refresh')).toContain('rt_');
    const { sub, aud, roles } = claimsOf(answer.body.accessToken);
    expect([aud, roles]).toEqual(['enrolment', []]);
    const users = await auth.database.query(
      'select status, roles, email_verified_at is not null as proven, accepted_terms from auth.users where id = $1',
      [sub],
    );
    expect(users).toEqual([{ status: 'active', roles: ['admin'], proven: true, accepted_terms: null }]);
    const told = await auth.database.query<{ type: string }>(
      `select type from auth.outbox where subject = $1 and destination = 'events' order by id`,
      [sub],
    );
    expect(told.map(({ type }) => type)).toEqual(['user.activated.v1', 'auth.sign_in_succeeded.v1']);
    expect(await ledger('auth.activation.succeeded', sub)).toHaveLength(1);
    expect((await get(auth, '/v1/auth/session', answer.body.accessToken)).status).toBe(200);
    expect((await get(auth, '/v1/auth/me', answer.body.accessToken)).status).toBe(401);
  });

  it('422 for a link that was used, has expired, or never was', async () => {
    const used = await linkFor();
    await activate(auth, used);
    const expired = await linkFor();
    await auth.database.query('update auth.activations set expires_at = now() where id = $1', [expired.slice(3, 39)]);
    const changed = (await linkFor()).replace(/.$/, (last) => (last === 'A' ? 'Q' : 'A'));
    for (const token of [used, expired, changed, 'ac_x', `rt${used.slice(2)}`]) {
      const { status, body } = await activate(auth, token);
      expect([status, body.code]).toEqual([422, 'auth.verification.invalid']);
    }
  });

  it('SR-40 422 when the address got an owner meanwhile', async () => {
    const email = freshEmail();
    const token = await linkFor(email);
    await register(auth, email);
    const { status, body } = await activate(auth, token);
    expect([status, body.code]).toEqual([422, 'auth.verification.invalid']);
    expect((await ledger('auth.activation.failed', token.slice(3, 39)))[0]?.data.reason).toBe('address_taken');
  });

  it('SR-71 422 for a third link of the operator, made while it could be', async () => {
    const links = [await linkFor(), await linkFor(), await linkFor()];
    const statuses = [];
    for (const link of links) statuses.push((await activate(auth, link)).status);
    expect(statuses).toEqual([200, 200, 422]);
  });

  it.each([
    ['SR-1 eleven characters', 'abcdefghijk', 'too_short'],
    ['SR-2 10 KB', 'a'.repeat(10_240), 'too_long'],
    ['SR-5 one on the list', 'password1234', 'listed'],
    ['SR-6 their own name', 'grace-hopper-1906', 'context_word'],
    ['SR-6 the bank', 'my-savings-bank-9', 'context_word'],
  ])('%s: 422, and the link stays good', async (_, chosen, rule) => {
    const token = await linkFor(`grace.hopper.${freshEmail()}`);
    const { status, body } = await activate(auth, token, { password: chosen });
    expect([status, body.code]).toEqual([422, 'auth.password.unacceptable']);
    expect(body.errors).toEqual([{ path: 'password', rule }]);
    expect((await activate(auth, token, { password: 'abcdefghijkl' })).status).toBe(200);
  });

  it('422 on the public listener, where there is no such client', async () => {
    const activationToken = await linkFor();
    const asked = { activationToken, password };
    const { status, body } = await post(auth, '/v1/auth/activate', asked, { headers: { origin } });
    expect([status, body.code]).toEqual([422, 'auth.client.unknown']);
    expect((await activate(auth, activationToken, { clientId: 'staff-enrolment' })).body.code).toBe(
      'auth.client.unknown',
    );
    const foreign = { headers: { ...fromConsole, origin: 'https://evil.example' } };
    expect((await post(auth, '/v1/auth/activate', asked, foreign)).body.code).toBe('auth.origin.refused');
  });

  it('makes one user of one link, however many use it at once', { timeout: 120_000 }, async () => {
    for (let round = 0; round < 20; round += 1) {
      await auth.database.query(`update auth.users set status = 'closed' where 'admin' = any (roles)`);
      const token = await linkFor();
      const answers = winners(await raceOf(16, () => activate(auth, token)));
      expect(answers.map(({ status }) => status).sort()).toEqual([200, ...Array(15).fill(422)]);
      const { sub } = claimsOf(answers.find(({ status }) => status === 200)?.body.accessToken);
      expect(await count('from auth.users where id = $1', [sub])).toBe(1);
      expect(await count('from auth.sessions where user_id = $1', [sub])).toBe(1);
      expect(await count(`from auth.outbox where subject = $1 and type = 'user.activated.v1'`, [sub])).toBe(1);
    }
  });

  it('SR-71 makes two administrators of many links, however many are used at once', { timeout: 120_000 }, async () => {
    for (let round = 0; round < 20; round += 1) {
      await auth.database.query(`update auth.users set status = 'closed' where 'admin' = any (roles)`);
      const links = await Promise.all(Array.from({ length: 8 }, () => linkFor()));
      const answers = winners(await raceOf(8, (number) => activate(auth, links[number] ?? '')));
      expect(answers.map(({ status }) => status).sort()).toEqual([200, 200, ...Array(6).fill(422)]);
      expect(await count(`from auth.users where 'admin' = any (roles) and status = 'active'`)).toBe(2);
    }
  });
});

describe('a session for enrolling a factor', () => {
  it('stays when the news is of a factor from before it, as one that staff have removed since', async () => {
    const token = (await activate(auth, await linkFor())).body.accessToken;
    await emitFactorEnrolled(auth, claimsOf(token).sub, new Date(auth.clock.now().getTime() - 60_000));
    expect((await get(auth, '/v1/auth/session', token)).status).toBe(200);
  });

  it('ends at the first confirmed factor, and its refresh token with it', async () => {
    const email = freshEmail();
    const first = await activate(auth, await linkFor(email));
    const token = first.body.accessToken;
    await emitFactorEnrolled(auth, claimsOf(token).sub);
    const isOver = async () => (await get(auth, '/v1/auth/session', token)).status === 401;
    await until(isOver, { what: 'the session is over' });
    const cookie = cookiePair(first, '__Secure-refresh');
    expect((await post(auth, '/v1/auth/token/refresh', {}, { headers: { ...fromConsole, cookie } })).status).toBe(401);
    const ended = await auth.database.query('select end_reason from auth.sessions where id = $1', [
      first.body.sessionId,
    ]);
    expect(ended).toEqual([{ end_reason: 'enrolled' }]);
    expect((await signInAtConsole(auth, { email })).body.status).toBe('mfa_required');
  });

  it('is the only one that ends then', async () => {
    const account = await register(auth);
    await emitFactorEnrolled(auth, account.id);
    expect((await get(auth, '/v1/auth/session', account.accessToken)).status).toBe(200);
  });

  it('SR-45 lasts half an hour, ten minutes if it is not used', async () => {
    const { body } = await activate(auth, await linkFor());
    const [row] = await auth.database.query<{ idle: number; absolute: number }>(
      `select extract(epoch from idle_expires_at - created_at)::int as idle,
        extract(epoch from absolute_expires_at - created_at)::int as absolute from auth.sessions where id = $1`,
      [body.sessionId],
    );
    expect(row).toEqual({ idle: 600, absolute: 1800 });
  });
});

describe('an invitation that nobody uses', () => {
  it('is forgotten with its data keys', async () => {
    const id = (await linkFor()).slice(3, 39);
    const [row] = await auth.database.query<{ user_id: string }>('select user_id from auth.activations where id = $1', [
      id,
    ]);
    await auth.database.query(`update auth.activations set expires_at = '2020-01-01' where id = $1`, [id]);
    await trimmingChores(auth.ctx)
      .find(({ name }) => name === 'activations')
      ?.run();
    expect(await count('from auth.activations where id = $1', [id])).toBe(0);
    const keys = await auth.database.query('select 1 from auth.data_keys where user_id = $1', [row?.user_id]);
    expect(keys).toEqual([]);
  });
});
