import { raceOf, until, winners } from '@bank/testing';
import { beforeEach, describe, expect, it } from 'vitest';
import { freshEmail, messagesTo, refresh, register, signIn, steppedUp } from './support/accounts.ts';
import {
  changeCode,
  changeEmail,
  moveTo,
  reversionsTo,
  reversionToken,
  revertEmail,
  templatesTo,
  verifyEmail,
} from './support/emails.ts';
import { get } from './support/http.ts';
import { syncedPasskey } from './support/passkeys.ts';
import { askForToken, reset, toldAbout } from './support/passwords.ts';
import { steppedUpAccount } from './support/phones.ts';
import { provenRecovery } from './support/recoveries.ts';
import { sharedAuth } from './support/shared-auth.ts';

const auth = await sharedAuth();

beforeEach(() => {
  auth.neighbours.factors = [];
  auth.neighbours.proof = { kind: 'accepted', by: 'totp' };
});

const dayMs = 86_400_000;
const setStatus = (id: string, status: string) =>
  auth.database.query('update auth.users set status = $2 where id = $1', [id, status]);
const statusOf = async (id: string) =>
  (await auth.database.query('select status from auth.users where id = $1', [id]))[0]?.['status'];

/** Somebody whose address was changed, and the link back. */
async function moved() {
  const account = await steppedUpAccount(auth);
  const email = freshEmail();
  await moveTo(auth, account, email);
  return { account, email, token: await reversionToken(auth, account.email) };
}

describe('POST /v1/auth/email/revert', () => {
  it('SR-40 204 puts the address back without a sign-in; every session ends, and nobody is signed in', async () => {
    const { account, email, token } = await moved();
    const other = await signIn(auth, { email });
    const done = await revertEmail(auth, token);
    expect([done.status, done.body, done.headers.getSetCookie()]).toEqual([204, undefined, []]);
    for (const { accessToken, refreshToken } of [account, other.body]) {
      expect((await refresh(auth, refreshToken)).status).toBe(401);
      await until(async () => (await get(auth, '/v1/auth/session', accessToken)).status === 401, { deadlineMs: 1000 });
    }
    expect((await signIn(auth, { email })).status).toBe(401);
    const { body } = await signIn(auth, account);
    expect((await get(auth, '/v1/auth/me', body.accessToken)).body).toMatchObject({ email: account.email });
    const [session] = await auth.database.query('select end_reason from auth.sessions where id = $1', [
      account.sessionId,
    ]);
    expect(session).toEqual({ end_reason: 'email_reverted' });
  });

  it('SR-20 tells both addresses, the house and the ledger', async () => {
    const { account, email, token } = await moved();
    await revertEmail(auth, token);
    expect((await templatesTo(auth, email)).at(-1)).toBe('email-reverted');
    expect((await templatesTo(auth, account.id)).at(-1)).toBe('email-reverted');
    await auth.mailbox.newest(account.email, /was put back/);
    const told = await toldAbout(auth, account.id);
    expect(told.filter((one) => one === 'user.email_changed.v1')).toHaveLength(2);
    expect(told).toContain('user.email_change.reverted');
    const events = await auth.database.query(
      `select data from auth.outbox where type = 'user.email_changed.v1' and subject = $1 order by id`,
      [account.id],
    );
    expect(events).toMatchObject([{ data: { version: '2' } }, { data: { version: '3', reverted: true } }]);
  });

  it('kills links for another password that went to the other address, and what is pending', async () => {
    const { account, email, token } = await moved();
    const resetToken = await askForToken(auth, { id: account.id, email });
    const next = freshEmail();
    await changeEmail(auth, account.accessToken, next);
    expect((await revertEmail(auth, token)).status).toBe(204);
    expect((await reset(auth, resetToken)).body.code).toBe('auth.verification.invalid');
    const pending = await auth.database.query('select 1 from auth.contact_changes where user_id = $1', [account.id]);
    expect(pending).toEqual([]);
  });

  it('SR-40 before the change is proven it ends it: the code is of no use any more', async () => {
    const account = await steppedUpAccount(auth);
    const email = freshEmail();
    await changeEmail(auth, account.accessToken, email);
    const code = await changeCode(auth, email);
    expect((await revertEmail(auth, await reversionToken(auth, account.email))).status).toBe(204);
    const token = await steppedUp(auth, (await signIn(auth, account)).body.accessToken);
    expect((await verifyEmail(auth, token, code)).status).toBe(422);
    expect((await get(auth, '/v1/auth/me', token)).body.email).toBe(account.email);
  });

  it('the link that came with the request puts the address back after the change as well', async () => {
    const { account } = await moved();
    const [first] = await reversionsTo(auth, account.email);
    const token = new URLSearchParams(first?.hash.slice(1)).get('token') ?? '';
    expect((await revertEmail(auth, token)).status).toBe(204);
    expect((await signIn(auth, account)).status).toBe(200);
  });

  it('who moves an account on and on cannot outrun its owner', async () => {
    const { account, email: second, token } = await moved();
    const third = freshEmail();
    await moveTo(auth, account, third);
    const tokenOfSecond = await reversionToken(auth, second);
    expect((await revertEmail(auth, tokenOfSecond)).status).toBe(204);
    expect((await signIn(auth, { email: second })).status).toBe(200);
    expect((await revertEmail(auth, token)).status).toBe(204);
    expect((await signIn(auth, account)).status).toBe(200);
  });

  it('links of later changes die with it', async () => {
    const { account, email: second, token } = await moved();
    await moveTo(auth, account, freshEmail());
    const tokenOfSecond = await reversionToken(auth, second);
    expect((await revertEmail(auth, token)).status).toBe(204);
    expect((await revertEmail(auth, tokenOfSecond)).body.code).toBe('auth.verification.invalid');
    expect((await signIn(auth, account)).status).toBe(200);
  });

  it('SR-40 409 when somebody else has proven the address meanwhile: everything ends all the same', async () => {
    const { account, email, token } = await moved();
    const next = await register(auth, account.email);
    const resetToken = await askForToken(auth, { id: account.id, email });
    await provenRecovery(auth, { id: account.id, email });
    await changeEmail(auth, account.accessToken, freshEmail());
    const refused = await revertEmail(auth, token);
    expect([refused.status, refused.body.code]).toEqual([409, 'user.contact_change.taken']);
    expect(refused.body.detail).toContain('Everybody was signed out');
    expect((await refresh(auth, account.refreshToken)).status).toBe(401);
    await until(async () => (await get(auth, '/v1/auth/session', account.accessToken)).status === 401, {
      deadlineMs: 1000,
    });
    for (const table of ['contact_changes', 'recoveries']) {
      const left = await auth.database.query(`select 1 from auth.${table} where user_id = $1`, [account.id]);
      expect([table, left]).toEqual([table, []]);
    }
    expect((await reset(auth, resetToken)).body.code).toBe('auth.verification.invalid');
    expect((await get(auth, '/v1/auth/me', next.accessToken)).body.email).toBe(account.email);
    const told = await toldAbout(auth, account.id);
    expect(told).toContain('user.email_change.reverted taken');
    expect(told).toContain('auth.recovery.cancelled link_back');
    expect(await templatesTo(auth, account.id)).toEqual(
      expect.arrayContaining(['recovery-cancelled', 'session-revoked']),
    );
    await auth.mailbox.newest(email, /A session of your account .* was ended/);
    expect((await signIn(auth, { email })).status).toBe(200);
  });

  it('SR-40 a link that finds its address taken ends everything once: who has the mailbox by now keeps nobody out', async () => {
    const { account, email, token } = await moved();
    await register(auth, account.email);
    expect((await revertEmail(auth, token)).status).toBe(409);
    const again = await signIn(auth, { email });
    const resetToken = await askForToken(auth, { id: account.id, email });
    expect((await revertEmail(auth, token)).status).toBe(409);
    expect((await refresh(auth, again.body.refreshToken)).status).toBe(200);
    expect((await reset(auth, resetToken)).status).toBe(204);
  });

  it('lasts seven days, is stored as a hash, and the page is the one of customers', async () => {
    const { account, token } = await moved();
    const link = (await reversionsTo(auth, account.email)).at(-1);
    expect(link?.href).toMatch(/^https:\/\/app\.bank\.example\/email\/revert#token=er_[\w-]{36}\.[\w-]{43}$/);
    const [row] = await auth.database.query<{ row: string; days: number }>(
      `select r::text as row, extract(epoch from expires_at)::float8 / 86400 as days from auth.email_reversions r
        where user_id = $1 order by id desc limit 1`,
      [account.id],
    );
    expect(row?.row).not.toContain(token.slice(-43));
    expect((row?.days ?? 0) - auth.clock.now().getTime() / dayMs).toBeCloseTo(7, 2);
    await auth.database.query('update auth.email_reversions set expires_at = $1', [auth.clock.now()]);
    expect((await revertEmail(auth, token)).status).toBe(422);
  });

  it('422 for a link that was changed, is of another kind, or never was', async () => {
    const { account, email, token } = await moved();
    const changed = token.replace(/.$/, (last) => (last === 'A' ? 'Q' : 'A'));
    const resetToken = await askForToken(auth, { id: account.id, email });
    for (const other of [changed, 'er_x', `pr${token.slice(2)}`, `er${resetToken.slice(2)}`, resetToken]) {
      const { status, body } = await revertEmail(auth, other);
      expect([status, body.code]).toEqual([422, 'auth.verification.invalid']);
    }
    expect((await revertEmail(auth, token)).status).toBe(204);
    expect((await revertEmail(auth, token)).status).toBe(422);
  });

  it('SR-40 422 for somebody who is suspended, whose link is good when they are not any more', async () => {
    const { account, token } = await moved();
    await setStatus(account.id, 'suspended');
    expect((await revertEmail(auth, token)).body.code).toBe('auth.verification.invalid');
    expect(await toldAbout(auth, account.id)).toContain('user.email_change.reverted status');
    await setStatus(account.id, 'active');
    expect((await revertEmail(auth, token)).status).toBe(204);
    expect((await signIn(auth, account)).status).toBe(200);
  });

  it('who is locked gets the address back and stays locked', async () => {
    const { account, token } = await moved();
    await setStatus(account.id, 'locked');
    expect((await revertEmail(auth, token)).status).toBe(204);
    expect(await statusOf(account.id)).toBe('locked');
  });

  it('SR-40 a link that found its address taken is good once the address is free again', async () => {
    const { account, token } = await moved();
    const other = await register(auth, account.email);
    expect((await revertEmail(auth, token)).status).toBe(409);
    await moveTo(auth, { accessToken: await steppedUp(auth, other.accessToken) }, freshEmail());
    expect((await revertEmail(auth, token)).status).toBe(204);
    expect((await signIn(auth, account)).body.sessionId).toBeDefined();
    expect((await revertEmail(auth, token)).status).toBe(422);
  });

  it('SR-72 422 for whoever works here by now, whichever mailbox they had', async () => {
    const { account, email, token } = await moved();
    const work = (roles: string[]) =>
      auth.database.query('update auth.users set roles = $2 where id = $1', [account.id, roles]);
    for (const roles of [['support'], ['customer', 'admin']]) {
      await work(roles);
      const refused = await revertEmail(auth, token);
      expect([refused.status, refused.body.code]).toEqual([422, 'auth.verification.invalid']);
    }
    await work(['customer']);
    expect((await signIn(auth, { email })).status).toBe(200);
    expect(await toldAbout(auth, account.id)).toContain('user.email_change.reverted staff');
  });

  it('SR-20, SR-72 tells the mailbox that a member of staff had of both steps, and gives it no link', async () => {
    const account = await register(auth);
    await auth.database.query(`update auth.users set roles = '{customer,support}' where id = $1`, [account.id]);
    auth.neighbours.proof = { kind: 'accepted', by: 'webauthn', passkey: syncedPasskey };
    await moveTo(auth, { accessToken: await steppedUp(auth, account.accessToken) }, freshEmail());
    expect((await templatesTo(auth, account.email)).slice(-2)).toEqual(['email-change-requested', 'email-replaced']);
    expect(await reversionsTo(auth, account.email)).toEqual([]);
    const { text } = await auth.mailbox.newest(account.email, /was changed/);
    expect(text).toContain('If this was not you, tell us now.');
    expect(text).not.toContain('http');
  });

  it('works once, however many use it at once', { timeout: 120_000 }, async () => {
    for (let round = 0; round < 20; round += 1) {
      const { account, token } = await moved();
      const answers = winners(await raceOf(16, () => revertEmail(auth, token)));
      expect(answers.map(({ status }) => status).sort()).toEqual([204, ...Array(15).fill(422)]);
      const notices = (await messagesTo(auth, account.id)).filter(({ template }) => template === 'email-reverted');
      expect(notices).toHaveLength(1);
    }
  });
});
