import { raceOf, winners } from '@bank/testing';
import { describe, expect, it } from 'vitest';
import { codeFor, freshEmail, messagesTo, refresh, register, registration, signIn } from './support/accounts.ts';
import { type Answer, post, send } from './support/http.ts';
import { sharedAuth } from './support/shared-auth.ts';

// More contestants than the pool has connections.
const auth = await sharedAuth();
const [rounds, contestants] = [20, 16];

function statuses(outcomes: readonly PromiseSettledResult<Answer>[]): number[] {
  return winners(outcomes)
    .map(({ status }) => status)
    .sort();
}

async function count(sql: string, params: readonly unknown[]): Promise<number> {
  const [row] = await auth.database.query<{ count: string }>(sql, params);
  return Number(row?.count);
}

describe('SR-73 one address', () => {
  it('becomes one user, however many registrations of it are verified at once', { timeout: 240_000 }, async () => {
    for (let round = 0; round < rounds; round += 1) {
      const email = freshEmail();
      const started = winners(await raceOf(contestants, () => post(auth, '/v1/auth/register', registration(email))));
      expect(started.map(({ status }) => status)).toEqual(Array(contestants).fill(202));
      await assignCodes(started, email);
      expect(proofs.filter(({ code }) => code !== '')).toHaveLength(contestants);
      const answers = await raceOf(contestants, (number) => post(auth, '/v1/auth/register/verify', proofs[number]));
      const created = winners(answers).filter(({ status }) => status === 201);
      expect(created).toHaveLength(1);
      expect(statuses(answers).filter((status) => status !== 201 && status !== 422)).toEqual([]);
      const userId = created[0]?.body.user.id;
      const ids = started.map(({ body }) => body.registrationId);
      const users =
        'select count(*) from auth.users where id in (select user_id from auth.registrations where id = any ($1))';
      expect(await count(users, [ids])).toBe(1);
      expect(await count(`select count(*) from auth.identifiers where user_id = $1`, [userId])).toBe(1);
      expect(await count(`select count(*) from auth.sessions where user_id = $1`, [userId])).toBe(1);
      const events = `select count(*) from auth.outbox where subject = $1 and type = 'user.registered.v1'`;
      expect(await count(events, [userId])).toBe(1);
    }
  });
});

/** Which code belongs to which registration is known to the mail's reader alone: each is found by the stored hash. */
let proofs: { registrationId: string; code: string }[] = [];
async function assignCodes(started: readonly Answer[], email: string): Promise<void> {
  const { proves } = await import('#features/registration/proof.ts');
  const codes = (await messagesTo(auth, email)).map(({ params }) => params['code'] ?? '');
  const rows = await auth.database.query<{ id: string; code_hash: Buffer; code_expires_at: Date }>(
    'select id, code_hash, code_expires_at from auth.registrations where id = any ($1)',
    [started.map(({ body }) => body.registrationId)],
  );
  proofs = rows.map(({ id, code_hash: codeHash, code_expires_at: codeExpiresAt }) => {
    const stored = { id, codeHash, codeExpiresAt, linkDigest: null };
    return { registrationId: id, code: codes.find((code) => proves(auth.ctx, stored, code)) ?? '' };
  });
}

describe('SR-73 one code', () => {
  it('works once, however many use it at once', { timeout: 120_000 }, async () => {
    for (let round = 0; round < rounds; round += 1) {
      const email = freshEmail();
      const { body } = await post(auth, '/v1/auth/register', registration(email));
      const proof = { registrationId: body.registrationId, code: await codeFor(auth, email) };
      const answers = await raceOf(16, () => post(auth, '/v1/auth/register/verify', proof));
      expect(statuses(answers)).toEqual([201, ...Array(15).fill(422)]);
      const failures =
        'select sum(failures) as count from auth.address_failures f join auth.registrations r using (address_hash) where r.id = $1';
      expect(await count(failures, [body.registrationId])).toBe(0);
    }
  });
});

describe('SR-50 one refresh token', () => {
  it('has one successor, however many ask with the device secret', { timeout: 120_000 }, async () => {
    for (let round = 0; round < rounds; round += 1) {
      const account = await register(auth);
      const answers = await raceOf(20, () => refresh(auth, account.refreshToken, account.device.secret));
      expect(statuses(answers)).toEqual(Array(20).fill(200));
      expect(new Set(winners(answers).map(({ body }) => body.refreshToken)).size).toBe(1);
      expect(await count('select count(*) from auth.refresh_tokens where session_id = $1', [account.sessionId])).toBe(
        2,
      );
      expect(
        await count('select count(*) from auth.sessions where id = $1 and revoked_at is null', [account.sessionId]),
      ).toBe(1);
    }
  });

  it('has no second lineage without it: the session ends', { timeout: 120_000 }, async () => {
    for (let round = 0; round < rounds; round += 1) {
      const account = await register(auth);
      const answers = await raceOf(20, () => refresh(auth, account.refreshToken));
      const won = winners(answers).filter(({ status }) => status === 200);
      expect(statuses(answers).filter((status) => status >= 500)).toEqual([]);
      expect(won).toHaveLength(1);
      expect(await count('select count(*) from auth.refresh_tokens where session_id = $1', [account.sessionId])).toBe(
        2,
      );
      expect((await refresh(auth, won[0]?.body.refreshToken, account.device.secret)).status).toBe(401);
      const told = (await messagesTo(auth, account.id)).filter(({ template }) => template === 'refresh-token-reuse');
      expect(told).toHaveLength(1);
    }
  });
});

describe('SR-21 one emailed code', () => {
  it('finishes one sign-in, however many use it at once', { timeout: 120_000 }, async () => {
    const account = await register(auth);
    for (let round = 0; round < rounds; round += 1) {
      auth.neighbours.verdict = 'challenge';
      const { loginId } = (await signIn(auth, account)).body;
      auth.neighbours.verdict = 'allow';
      const { challengeId } = (await post(auth, '/v1/auth/login/challenge', { loginId, factorId: loginId })).body;
      const proof = { loginId, challengeId, response: { code: await codeFor(auth, account.id) } };
      const answers = await raceOf(16, () => post(auth, '/v1/auth/login/verify', proof));
      expect(statuses(answers)).toEqual([200, ...Array(15).fill(401)]);
    }
    const sessions = 'select count(*) from auth.sessions where user_id = $1';
    expect(await count(sessions, [account.id])).toBe(1 + rounds);
  });
});

describe('SR-48 one session', () => {
  it('is ended once, however many end it at once', { timeout: 120_000 }, async () => {
    const account = await register(auth);
    for (let round = 0; round < rounds; round += 1) {
      const { sessionId } = (await signIn(auth, account)).body;
      const path = `/v1/auth/sessions/${sessionId}`;
      const answers = await raceOf(16, () => send(auth, 'DELETE', path, undefined, { token: account.accessToken }));
      expect(statuses(answers)).toEqual([204, ...Array(15).fill(404)]);
      expect(await count('select count(*) from auth.revocations where session_id = $1', [sessionId])).toBe(1);
    }
  });

  it('ends for everybody who signs out of it at once', { timeout: 120_000 }, async () => {
    const account = await register(auth);
    for (let round = 0; round < rounds; round += 1) {
      const { accessToken, sessionId } = (await signIn(auth, account)).body;
      const answers = await raceOf(16, () => post(auth, '/v1/auth/logout', undefined, { token: accessToken }));
      // Who comes when the revocation is known already is told that the token is not good any more.
      expect(statuses(answers).filter((status) => status !== 204 && status !== 401)).toEqual([]);
      expect(await count('select count(*) from auth.revocations where session_id = $1', [sessionId])).toBe(1);
    }
  });
});

describe('SR-12 one password', () => {
  it('is compared with at most five guesses of fifty at once', { timeout: 120_000 }, async () => {
    for (let round = 0; round < rounds; round += 1) {
      const account = await register(auth);
      const before = auth.ctx.hasher.stats().completed;
      const answers = await raceOf(50, () => signIn(auth, account, { password: 'a wrong guess of it' }));
      expect(auth.ctx.hasher.stats().completed - before).toBeLessThanOrEqual(5);
      expect(statuses(answers)).toEqual([...Array(5).fill(401), ...Array(45).fill(429)]);
    }
  });
});
