import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type Account, codeFor, register, signIn } from './support/accounts.ts';
import { post } from './support/http.ts';
import { totpFactor } from './support/neighbours.ts';
import { toldAbout } from './support/passwords.ts';
import { sharedAuth } from './support/shared-auth.ts';

const auth = await sharedAuth();

beforeEach(() => {
  Object.assign(auth.neighbours, { verdict: 'allow', factors: [], proof: { kind: 'accepted', by: 'totp' } });
});

afterEach(() => {
  vi.restoreAllMocks();
  auth.neighbours.verdict = 'allow';
});

/** What may change about somebody while they sign in, by the reason that their history gives. */
const changes = {
  CREDENTIALS: `update auth.credentials set password_hash = 'another', changed_at = now() + interval '1 hour' where user_id = $1`,
  STATUS: `update auth.users set status = 'suspended' where id = $1`,
  CLIENT: `update auth.users set roles = '{support}' where id = $1`,
} as const;
const reasons = Object.entries(changes);
const change = (account: Account, sql: string) => auth.database.query(sql, [account.id]);

/** What the house was told of attempts on a user. */
async function failuresOf({ id }: Account): Promise<object[]> {
  const rows = await auth.database.query<{ data: object }>(
    `select data from auth.outbox where subject = $1 and type = 'auth.sign_in_failed.v1' order by id`,
    [id],
  );
  return rows.map(({ data }) => data);
}

const failure = (reason: string, others: object = {}) =>
  expect.objectContaining({ clientId: 'web', reason: `SIGN_IN_FAILURE_REASON_${reason}`, ...others });

async function complete({ loginId }: { loginId: string }, factorId: string, code: () => Promise<string>) {
  const { challengeId } = (await post(auth, '/v1/auth/login/challenge', { loginId, factorId })).body;
  return { loginId, challengeId, response: { code: await code() } };
}

const verify = (proof: object) => post(auth, '/v1/auth/login/verify', proof);

/** A second half by a factor that mfa accepts. */
async function halfByFactor(account: Account, device: object = {}) {
  auth.neighbours.factors = [totpFactor];
  return await complete((await signIn(auth, account, device)).body, totpFactor.id, async () => '123456');
}

/** A second half by the code of a mail. */
async function halfByMail(account: Account) {
  auth.neighbours.verdict = 'challenge';
  const { body } = await signIn(auth, account);
  return await complete(body, body.loginId, () => codeFor(auth, account.id));
}

describe('auth.sign_in_failed.v1 tells of an attempt on a user that opened nothing', () => {
  it('because the password is flagged, after the password and after a factor', async () => {
    const account = await register(auth);
    await change(account, 'update auth.credentials set compromised_at = changed_at where user_id = $1');
    expect((await signIn(auth, account)).status).toBe(403);
    const known = { device: { secret: account.device.secret } };
    expect((await verify(await halfByFactor(account, known))).status).toBe(403);
    expect(await failuresOf(account)).toEqual([
      failure('COMPROMISED'),
      failure('COMPROMISED', { deviceId: account.device.id }),
    ]);
    const told = await toldAbout(auth, account.id);
    expect(told.filter((one) => one === 'auth.sign_in.failed compromised')).toHaveLength(2);
  });

  it('because the answers of the user are blocked', async () => {
    const account = await register(auth);
    auth.neighbours.proof = { kind: 'locked', retryAfterSeconds: 900 };
    expect((await verify(await halfByFactor(account))).status).toBe(429);
    expect(await failuresOf(account)).toEqual([failure('LOCKED')]);
  });

  it.each(reasons)('because something changed between the halves: %s', async (reason, sql) => {
    for (const half of [halfByFactor, halfByMail]) {
      const account = await register(auth);
      const proof = await half(account);
      await change(account, sql);
      auth.neighbours.factors = [];
      const refused = await verify(proof);
      expect([refused.status, refused.body.code]).toEqual([401, 'auth.login.invalid']);
      expect(await failuresOf(account)).toEqual([failure(reason)]);
    }
  });

  it('because a factor was enrolled between the halves', async () => {
    const account = await register(auth);
    const proof = await halfByMail(account);
    auth.neighbours.factors = [totpFactor];
    expect((await verify(proof)).status).toBe(401);
    expect(await failuresOf(account)).toEqual([failure('FACTOR')]);
  });

  it.each(reasons)('because something changed while the password was verified: %s', async (reason, sql) => {
    const account = await register(auth);
    const { hasher } = auth.ctx;
    const original = hasher.verify.bind(hasher);
    vi.spyOn(hasher, 'verify').mockImplementationOnce(async (...given) => {
      const verdict = await original(...given);
      await change(account, sql);
      return verdict;
    });
    const refused = await signIn(auth, account);
    expect([refused.status, refused.body.code]).toEqual([401, 'auth.credentials.invalid']);
    expect(await failuresOf(account)).toEqual([failure(reason)]);
    expect(await toldAbout(auth, account.id)).toContain(`auth.sign_in.failed ${reason.toLowerCase()}`);
  });
});
