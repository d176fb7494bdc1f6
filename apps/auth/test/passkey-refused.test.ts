import { beforeEach, describe, expect, it } from 'vitest';
import { type Account, messagesTo, register, signIn } from './support/accounts.ts';
import { askPasskey, assertion, passkeyOf, passkeySignIn, verifyPasskey } from './support/passkeys.ts';
import { toldAbout } from './support/passwords.ts';
import { sharedAuth } from './support/shared-auth.ts';
import { createStaff, fromConsole } from './support/staff.ts';

const auth = await sharedAuth();

beforeEach(() => {
  auth.neighbours.verdict = 'allow';
  auth.neighbours.passkey = { kind: 'wrong' };
});

/** The account of somebody who has a passkey, which answers rightly. */
async function owner(facts: Parameters<typeof passkeyOf>[1] = {}): Promise<Account> {
  const account = await register(auth);
  auth.neighbours.passkey = passkeyOf(account, facts);
  return account;
}

async function sessionsOf({ id }: { id: string }): Promise<number> {
  return (await auth.database.query('select 1 from auth.sessions where user_id = $1', [id])).length;
}

describe('a passkey that is refused', () => {
  const refusedAs = async () => {
    const { status, body } = await passkeySignIn(auth);
    return [status, body.code];
  };
  const denied = [401, 'auth.credentials.invalid'];

  it('SR-15 a decoy is asked about where nobody is named', async () => {
    const before = auth.neighbours.asked.device.length;
    expect(await refusedAs()).toEqual(denied);
    expect(auth.neighbours.asked.device).toHaveLength(before + 1);
  });

  it.each(['suspended', 'locked', 'closed'])('401 for a user who is %s, and the ledger says so', async (state) => {
    const account = await owner();
    await auth.database.query('update auth.users set status = $2 where id = $1', [account.id, state]);
    expect(await refusedAs()).toEqual(denied);
    expect(await toldAbout(auth, account.id)).toContain('auth.sign_in.failed status');
    expect(await sessionsOf(account)).toBe(1);
  });

  it('SR-47 401 where everything was ended since it was asked for', async () => {
    const account = await owner();
    const { loginId } = (await askPasskey(auth)).body;
    await auth.database.query('update auth.users set cut_off_at = $2 where id = $1', [account.id, auth.clock.now()]);
    expect((await verifyPasskey(auth, { loginId })).status).toBe(401);
  });

  it('401 for whom has no role that counts there, on either listener', async () => {
    await owner();
    const console = await passkeySignIn(auth, { clientId: 'staff-console' }, { headers: fromConsole });
    expect([console.status, console.body.code]).toEqual(denied);
    const member = await createStaff(auth, 'support');
    auth.neighbours.passkey = passkeyOf(member);
    expect(await refusedAs()).toEqual(denied);
    expect(await toldAbout(auth, member.id)).toContain('auth.sign_in.failed client');
  });

  it('401 where device denies, and the user is told', async () => {
    const account = await owner();
    auth.neighbours.verdict = 'deny';
    expect(await refusedAs()).toEqual(denied);
    expect((await messagesTo(auth, account.id)).map(({ template }) => template)).toContain('sign-in-denied');
    const failed = await auth.database.query(
      `select data->>'reason' as reason from auth.outbox where subject = $1 and type = 'auth.sign_in_failed.v1'`,
      [account.id],
    );
    expect(failed).toEqual([{ reason: 'SIGN_IN_FAILURE_REASON_RISK' }]);
  });

  it('401 for one that did not ask its user for anything: it proves that it is there, and no more', async () => {
    const account = await owner({ isUserVerified: false });
    expect(await refusedAs()).toEqual(denied);
    expect(await sessionsOf(account)).toBe(1);
  });

  it('SR-86 tries of one passkey that is nobody are told of together, without its id', async () => {
    const response = assertion();
    for (let tries = 0; tries < 2; tries += 1) await passkeySignIn(auth, { response });
    const rows = await auth.database.query<{ subject: string; count: string }>(
      `select subject, count(*) from auth.outbox where subject like 'unknown:%' and data->'details'->>'by' = 'passkey'
        group by subject having count(*) = 2`,
    );
    expect(rows).toHaveLength(1);
    expect(rows[0]?.subject).not.toContain(response.id);
  });
});

describe('SR-14 an account whose password somebody guesses', () => {
  async function lockOut(account: Account): Promise<void> {
    for (let tries = 0; tries < 5; tries += 1) await signIn(auth, account, { password: 'not the right one' });
    expect((await signIn(auth, account)).status).toBe(429);
  }

  it('200 is open to its passkey, which lifts the lock of its own pool, and its user is told', async () => {
    const account = await owner();
    await lockOut(account);
    expect((await passkeySignIn(auth)).status).toBe(200);
    expect((await signIn(auth, account)).status).toBe(200);
    const notice = (await messagesTo(auth, account.id)).find(({ template }) => template === 'sign-in-after-failures');
    expect(notice?.params['failures']).toBe('5');
  });

  it('SR-11 stays locked for strangers where its owner signs in on a known device', async () => {
    const account = await owner();
    await lockOut(account);
    expect((await passkeySignIn(auth, { device: { secret: account.device.secret } })).status).toBe(200);
    expect((await signIn(auth, account)).status).toBe(429);
  });

  it('is locked by no wrong passkey, however many', async () => {
    const account = await register(auth);
    const response = assertion();
    for (let tries = 0; tries < 12; tries += 1) expect((await passkeySignIn(auth, { response })).status).toBe(401);
    auth.neighbours.passkey = passkeyOf(account);
    expect((await passkeySignIn(auth, { response })).status).toBe(200);
    expect((await signIn(auth, account)).status).toBe(200);
  });
});
