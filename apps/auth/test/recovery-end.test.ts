import { uuidv7 } from '@bank/domain';
import { until } from '@bank/testing';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { carryOutRecoveries } from '#features/recovery/carry-out-recoveries.ts';
import { freshEmail, refresh, register, signIn, steppedUp } from './support/accounts.ts';
import { startAuth } from './support/auth.ts';
import { moveTo, templatesTo } from './support/emails.ts';
import { get, post } from './support/http.ts';
import { totpFactor } from './support/neighbours.ts';
import { askForToken, newPassword, reset, resetTokenFor, toldAbout } from './support/passwords.ts';
import { accountWithPhone, steppedUpAccount } from './support/phones.ts';
import {
  afterTheDelay,
  askForRecovery,
  cancelRecovery,
  cancelToken,
  carryOut,
  completeRecovery,
  provenRecovery,
  recoveriesOf,
  recoveryDelayMs,
} from './support/recoveries.ts';
import { answerWith, approved, askToApprove } from './support/transactions.ts';

const auth = await startAuth({ env: { DATABASE_POOL_MAX: '8' } });

beforeEach(() => {
  auth.neighbours.factors = [];
  auth.neighbours.proof = { kind: 'accepted', by: 'totp' };
  auth.neighbours.removes = true;
});

const { setStatus, rowsOf, removedOf } = recoveriesOf(auth);

describe('POST /v1/auth/recovery/cancel', () => {
  it.each(['waiting', 'in_review'])('204 ends one that is %s, without signing in; once', async (status) => {
    const account = await register(auth);
    if (status === 'waiting') await provenRecovery(auth, account);
    else await completeRecovery(auth, await askForRecovery(auth, account));
    const begun = await askForRecovery(auth, account);
    const token = await cancelToken(auth, account.id);
    const done = await cancelRecovery(auth, token);
    expect([done.status, done.body, done.headers.getSetCookie()]).toEqual([204, undefined, []]);
    expect((await cancelRecovery(auth, token)).body.code).toBe('auth.verification.invalid');
    expect((await completeRecovery(auth, begun)).status).toBe(422);
    await afterTheDelay(auth);
    expect(removedOf(account.id)).toEqual([]);
    expect(await templatesTo(auth, account.id)).toContain('recovery-cancelled');
    expect(await toldAbout(auth, account.id)).toContain('auth.recovery.cancelled link');
  });

  it('422 for what is no such link, is of another kind or another recovery, and what is over', async () => {
    const account = await register(auth);
    await provenRecovery(auth, account);
    const token = await cancelToken(auth, account.id);
    await provenRecovery(auth, account);
    for (const wrong of [token, 'rx_x', `rc${token.slice(2)}`]) {
      expect((await cancelRecovery(auth, wrong)).body.code).toBe('auth.verification.invalid');
    }
    const newest = await cancelToken(auth, account.id);
    await afterTheDelay(auth);
    expect((await cancelRecovery(auth, newest)).body.code).toBe('auth.verification.invalid');
    expect(removedOf(account.id)).toHaveLength(1);
  });

  it('a sign-in with a factor ends it: whoever has one has not lost them all', async () => {
    const account = await register(auth);
    await provenRecovery(auth, account);
    auth.neighbours.factors = [totpFactor];
    auth.neighbours.proof = { kind: 'accepted', by: 'totp' };
    const { loginId } = (await signIn(auth, account)).body;
    const proof = { loginId, challengeId: uuidv7(), response: { code: '123456' } };
    expect((await post(auth, '/v1/auth/login/verify', proof)).status).toBe(200);
    await afterTheDelay(auth);
    expect(removedOf(account.id)).toEqual([]);
    expect(await toldAbout(auth, account.id)).toContain('auth.recovery.cancelled second_factor');
  });

  it('SR-43 so does a step-up with one, and none by the password', async () => {
    const [account, other] = [await register(auth), await register(auth)];
    for (const one of [account, other]) await provenRecovery(auth, one);
    auth.neighbours.proof = { kind: 'accepted', by: 'totp' };
    await steppedUp(auth, account.accessToken);
    const byPassword = { password: other.password };
    expect((await post(auth, '/v1/auth/step-up/verify', byPassword, { token: other.accessToken })).status).toBe(200);
    expect(await rowsOf(account.id)).toEqual([]);
    expect(await rowsOf(other.id)).toHaveLength(1);
    expect(await templatesTo(auth, account.id)).toContain('recovery-cancelled');
    expect(await toldAbout(auth, account.id)).toContain('auth.recovery.cancelled second_factor');
  });

  it('SR-43 so does an approved transaction, and none that was refused', async () => {
    const account = await register(auth);
    await provenRecovery(auth, account);
    const { body } = await askToApprove(auth, account);
    auth.neighbours.signature = 'wrong';
    expect((await answerWith(auth, account, body.challengeId)).status).toBe(401);
    expect(await rowsOf(account.id)).toHaveLength(1);
    auth.neighbours.signature = 'accepted';
    await approved(auth, account);
    expect(await rowsOf(account.id)).toEqual([]);
    expect(await toldAbout(auth, account.id)).toContain('auth.recovery.cancelled second_factor');
  });

  it('a change of the email address ends it', async () => {
    const account = await steppedUpAccount(auth);
    await provenRecovery(auth, account);
    const begun = await askForRecovery(auth, account);
    auth.neighbours.proof = { kind: 'accepted', by: 'totp' };
    await moveTo(auth, account, freshEmail());
    expect((await completeRecovery(auth, begun)).status).toBe(422);
    expect(await rowsOf(account.id)).toEqual([]);
    expect(await toldAbout(auth, account.id)).toContain('auth.recovery.cancelled email_changed');
  });

  it('SR-73 either it is ended or it is carried out, however close', { timeout: 120_000 }, async () => {
    for (let round = 0; round < 20; round += 1) {
      const account = await register(auth);
      await provenRecovery(auth, account);
      const token = await cancelToken(auth, account.id);
      auth.clock.advance(recoveryDelayMs + 1000);
      const [cancelled] = await Promise.all([cancelRecovery(auth, token), carryOutRecoveries(auth.ctx)]);
      await carryOut(auth);
      expect([cancelled.status, removedOf(account.id).length]).toEqual(cancelled.status === 204 ? [204, 0] : [422, 1]);
      expect(await rowsOf(account.id)).toEqual([]);
    }
  });
});

describe('a recovery whose delay is over', () => {
  it('SR-43 factors are removed, everything ends, and another password is begun: until then nobody signs in', async () => {
    const account = await accountWithPhone(auth);
    await provenRecovery(auth, account);
    const [row] = await rowsOf(account.id);
    await afterTheDelay(auth);
    expect(removedOf(account.id)).toEqual([{ userId: account.id, recoveryId: row?.['id'] }]);
    expect((await refresh(auth, account.refreshToken)).status).toBe(401);
    expect((await signIn(auth, account)).status).toBe(401);
    expect(await templatesTo(auth, account.id)).toContain('recovery-completed');
    await until(async () => /were removed/.test((await auth.carriers.newestSms(account.phone)).text));
    const token = await resetTokenFor(auth, account.id);
    expect((await reset(auth, token, account.password)).body.errors).toEqual([
      { path: 'password', rule: 'used_before' },
    ]);
    expect((await reset(auth, token)).status).toBe(204);
    expect((await signIn(auth, account, { password: newPassword })).status).toBe(200);
    const told = await toldAbout(auth, account.id);
    expect(told).toContain('auth.recovery.completed');
    expect(told).toContain('auth.password_reset_requested.v1');
    expect(await rowsOf(account.id)).toEqual([]);
  });

  it('lifts no suspension', async () => {
    const suspended = await register(auth);
    await provenRecovery(auth, suspended);
    await setStatus(suspended.id, 'suspended');
    await afterTheDelay(auth);
    const [user] = await auth.database.query('select status from auth.users where id = $1', [suspended.id]);
    expect(user?.['status']).toBe('suspended');
    expect(removedOf(suspended.id)).toEqual([]);
    expect(await toldAbout(auth, suspended.id)).toContain('auth.recovery.failed status');
    expect(await rowsOf(suspended.id)).toEqual([]);
  });

  it('SR-72 is not carried out for whoever has become a colleague meanwhile', async () => {
    const account = await register(auth);
    await provenRecovery(auth, account);
    await auth.database.query(`update auth.users set roles = '{customer,support}' where id = $1`, [account.id]);
    await afterTheDelay(auth);
    expect(removedOf(account.id)).toEqual([]);
    expect(await toldAbout(auth, account.id)).toContain('auth.recovery.failed staff');
  });

  it('is tried again while mfa is away, and can not be ended any more', async () => {
    const account = await register(auth);
    await provenRecovery(auth, account);
    const token = await cancelToken(auth, account.id);
    const recoveryId = (await rowsOf(account.id))[0]?.['id'];
    auth.neighbours.removes = false;
    auth.clock.advance(recoveryDelayMs + 1000);
    const logged = vi.spyOn(auth.ctx.logger, 'error');
    await carryOutRecoveries(auth.ctx);
    const fields = { err: expect.any(Error), recoveryId };
    expect(logged).toHaveBeenCalledWith(fields, 'a recovery was not carried out and will be tried again');
    logged.mockRestore();
    // The password went first: with the factors it would have been all that guards the account (SR-33).
    expect((await signIn(auth, account)).status).toBe(401);
    expect((await refresh(auth, account.refreshToken)).status).toBe(401);
    expect((await cancelRecovery(auth, token)).status).toBe(422);
    auth.neighbours.removes = true;
    await carryOutRecoveries(auth.ctx);
    expect(removedOf(account.id)).toEqual([]);
    auth.clock.advance(61_000);
    await carryOut(auth);
    expect(removedOf(account.id)).toHaveLength(1);
    expect((await signIn(auth, account)).status).toBe(401);
    const link = await resetTokenFor(auth, account.id);
    expect((await reset(auth, link)).status).toBe(204);
    expect((await signIn(auth, account, { password: newPassword })).status).toBe(200);
  });

  it('SR-43 takes the password of before and no other: one that is chosen while mfa is away stays', async () => {
    const account = await resetWhileMfaIsAway();
    const { accessToken } = (await signIn(auth, account, { password: newPassword })).body;
    auth.clock.advance(61_000);
    await carryOutRecoveries(auth.ctx);
    expect((await get(auth, '/v1/auth/session', accessToken)).status).toBe(200);
    expect((await signIn(auth, account, { password: newPassword })).status).toBe(200);
    const kept = 'select 1 from auth.password_history where user_id = $1';
    expect(await auth.database.query(kept, [account.id])).toHaveLength(1);
    auth.neighbours.removes = true;
    auth.clock.advance(61_000);
    await carryOut(auth);
    expect(removedOf(account.id)).toHaveLength(1);
    expect((await signIn(auth, account, { password: newPassword })).status).toBe(200);
  });

  it('SR-43 leaves no device known that a factor made known while mfa was away', async () => {
    const account = await resetWhileMfaIsAway();
    auth.neighbours.factors = [totpFactor];
    auth.neighbours.proof = { kind: 'accepted', by: 'totp' };
    const { loginId } = (await signIn(auth, account, { password: newPassword })).body;
    const proof = { loginId, challengeId: uuidv7(), response: { code: '123456' } };
    expect((await post(auth, '/v1/auth/login/verify', proof)).status).toBe(200);
    const known = () =>
      auth.database.query('select 1 from auth.devices where user_id = $1 and known_at is not null', [account.id]);
    expect(await known()).toHaveLength(1);
    auth.neighbours.removes = true;
    auth.clock.advance(61_000);
    await carryOut(auth);
    expect(removedOf(account.id)).toHaveLength(1);
    expect(await known()).toEqual([]);
  });

  it('SR-73 is carried out once, by however many processes', { timeout: 120_000 }, async () => {
    for (let round = 0; round < 20; round += 1) {
      const account = await register(auth);
      await provenRecovery(auth, account);
      auth.clock.advance(recoveryDelayMs + 1000);
      await Promise.all(Array.from({ length: 8 }, () => carryOutRecoveries(auth.ctx)));
      await carryOut(auth);
      expect(removedOf(account.id)).toHaveLength(1);
      const done = (await templatesTo(auth, account.id)).filter((one) => one === 'recovery-completed');
      expect(done).toHaveLength(1);
    }
  });
});

/** Whose account a recovery has closed, whose factors could not be removed yet, and who has chosen another password by a link since. */
async function resetWhileMfaIsAway() {
  const account = await register(auth);
  await provenRecovery(auth, account);
  auth.neighbours.removes = false;
  auth.clock.advance(recoveryDelayMs + 1000);
  await carryOutRecoveries(auth.ctx);
  expect((await reset(auth, await askForToken(auth, account))).status).toBe(204);
  return account;
}
