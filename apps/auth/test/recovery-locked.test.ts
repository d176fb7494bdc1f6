import { uuidv7 } from '@bank/domain';
import { UserStatus } from '@bank/proto/user';
import { losers, raceOf } from '@bank/testing';
import { beforeEach, describe, expect, it } from 'vitest';
import { carryOutRecoveries } from '#features/recovery/carry-out-recoveries.ts';
import { type Account, register, signIn } from './support/accounts.ts';
import { startAuth } from './support/auth.ts';
import {
  auditsOf,
  type Colleague,
  colleague,
  signedRequest,
  staffCallers,
  staffClients,
} from './support/colleagues.ts';
import { templatesTo } from './support/emails.ts';
import { post } from './support/http.ts';
import { askForToken, linksTo, newPassword, reset, toldAbout } from './support/passwords.ts';
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

const auth = await startAuth({ callers: staffCallers(), env: { DATABASE_POOL_MAX: '4' } });
const clients = await staffClients(auth);
const { rowsOf, removedOf, setStatus } = recoveriesOf(auth);
const noteId = uuidv7();

beforeEach(() => {
  auth.neighbours.factors = [];
  auth.neighbours.proof = { kind: 'accepted', by: 'totp' };
  auth.neighbours.removes = true;
});

async function set(by: Colleague, userId: string, status: UserStatus, approval = '') {
  await clients.users.setUserStatus({ userId, status, noteId, approval }, by.asked);
}

async function lock({ id }: Account) {
  await set(await colleague(auth, 'support'), id, UserStatus.LOCKED);
}

async function statusOf({ id }: Account) {
  return (await auth.database.query('select status from auth.users where id = $1', [id]))[0]?.['status'];
}

async function approve({ id: userId }: Account) {
  const [maker, checker] = [await colleague(auth, 'support'), await colleague(auth, 'admin')];
  const { recoveryId } = await clients.sessions.findRecovery({ userId }, maker.asked);
  const approval = await signedRequest(clients, maker, 'user.recover', { userId: userId as never, recoveryId });
  await clients.sessions.approveRecovery({ userId, recoveryId, noteId, approval }, checker.asked);
}

/** Locked after it had begun to be carried out, while mfa was away. */
async function lockedOnTheWay(proof: 'recovery_code' | 'staff' = 'recovery_code'): Promise<Account> {
  const account = await register(auth);
  if (proof === 'recovery_code') await provenRecovery(auth, account);
  else {
    await completeRecovery(auth, await askForRecovery(auth, account));
    await approve(account);
  }
  auth.neighbours.removes = false;
  auth.clock.advance(recoveryDelayMs + 1000);
  await carryOutRecoveries(auth.ctx);
  auth.neighbours.removes = true;
  await lock(account);
  auth.clock.advance(61_000);
  await carryOut(auth);
  return account;
}

describe('a lock by staff', () => {
  it('SR-43 ends a recovery that is under way and lifts with nothing that was proven before', async () => {
    const account = await register(auth);
    await provenRecovery(auth, account);
    await lock(account);
    expect(await rowsOf(account.id)).toEqual([]);
    expect(await templatesTo(auth, account.id)).toContain('recovery-cancelled');
    expect(await toldAbout(auth, account.id)).toContain('auth.recovery.cancelled status');
    await afterTheDelay(auth);
    expect([await statusOf(account), removedOf(account.id)]).toEqual(['locked', []]);
    expect(await linksTo(auth, account.id)).toEqual([]);
  });

  it('SR-43 ends the link that would begin one', async () => {
    const account = await register(auth);
    const begun = await askForRecovery(auth, account);
    await lock(account);
    expect((await completeRecovery(auth, begun)).status).toBe(422);
    expect(await toldAbout(auth, account.id)).not.toContain('auth.recovery.cancelled status');
  });

  it('SR-43, SR-71 so does a suspension, also of whoever was locked and waits for staff', async () => {
    const account = await register(auth);
    await lock(account);
    await completeRecovery(auth, await askForRecovery(auth, account));
    const [maker, checker] = [await colleague(auth, 'compliance'), await colleague(auth, 'compliance')];
    const approval = await signedRequest(clients, maker, 'user.suspend', { userId: account.id as never });
    await set(checker, account.id, UserStatus.SUSPENDED, approval);
    expect(await rowsOf(account.id)).toEqual([]);
  });

  it('SR-47 ends the link of a forgotten password', async () => {
    const account = await register(auth);
    const token = await askForToken(auth, account);
    await lock(account);
    const { status, body } = await reset(auth, token);
    expect([status, body.code]).toEqual([422, 'auth.verification.invalid']);
    expect(await auth.database.query('select 1 from auth.password_resets where user_id = $1', [account.id])).toEqual(
      [],
    );
  });

  it('SR-43, SR-47 ends what was approved and the link of a forgotten password also where there was a lock before', async () => {
    const account = await register(auth);
    await lock(account);
    await completeRecovery(auth, await askForRecovery(auth, account));
    await approve(account);
    const token = await askForToken(auth, account);
    await lock(account);
    expect(await rowsOf(account.id)).toEqual([]);
    expect(await templatesTo(auth, account.id)).toContain('recovery-cancelled');
    expect((await reset(auth, token)).status).toBe(422);
    await afterTheDelay(auth);
    expect([await statusOf(account), removedOf(account.id)]).toEqual(['locked', []]);
  });

  it.each(['recovery_code', 'staff'] as const)(
    'SR-43 is not lifted by what had begun to be carried out, proven by %s: that waits for staff, and its user can end it',
    async (proof) => {
      const account = await lockedOnTheWay(proof);
      expect([await statusOf(account), removedOf(account.id)]).toEqual(['locked', []]);
      expect(await linksTo(auth, account.id)).toEqual([]);
      expect(await toldAbout(auth, account.id)).toContain('auth.recovery.failed locked');
      expect((await cancelRecovery(auth, await cancelToken(auth, account.id))).status).toBe(204);
      expect(await rowsOf(account.id)).toEqual([]);
    },
  );

  it('SR-43 nor where the factors were removed just before', async () => {
    const account = await register(auth);
    await provenRecovery(auth, account);
    auth.clock.advance(recoveryDelayMs + 1000);
    const removeFactors: typeof auth.ctx.removeFactors = async (recovery) => {
      await auth.ctx.removeFactors(recovery);
      await lock(account);
    };
    await carryOutRecoveries({ ...auth.ctx, removeFactors });
    await carryOut(auth);
    expect([await statusOf(account), await linksTo(auth, account.id)]).toEqual(['locked', []]);
  });

  it('SR-43 closes the account again where it was put back after that: a password of between is taken as well', async () => {
    const account = await lockedOnTheWay();
    await approve(account);
    await setStatus(account.id, 'active');
    expect((await reset(auth, await askForToken(auth, account))).status).toBe(204);
    expect((await signIn(auth, account, { password: newPassword })).status).toBe(200);
    auth.neighbours.removes = false;
    auth.clock.advance(recoveryDelayMs + 1000);
    await carryOutRecoveries(auth.ctx);
    expect((await signIn(auth, account, { password: newPassword })).status).toBe(401);
    auth.neighbours.removes = true;
    auth.clock.advance(61_000);
    await carryOut(auth);
    expect(removedOf(account.id)).toHaveLength(1);
  });
});

describe('SR-73 a lock, a step-up and the link at once', () => {
  it('end it once, and nobody waits for another in a circle, twenty times', { timeout: 240_000 }, async () => {
    const support = await colleague(auth, 'support');
    for (let round = 0; round < 20; round += 1) {
      const account = await register(auth);
      await provenRecovery(auth, account);
      const link = await cancelToken(auth, account.id);
      auth.neighbours.proof = { kind: 'accepted', by: 'totp' };
      const proof = { challengeId: uuidv7(), response: { code: '123456' } };
      const stepUp = () => post(auth, '/v1/auth/step-up/verify', proof, { token: account.accessToken });
      const outcomes = await raceOf<unknown>(8, async (number) => {
        if (number === round % 8) return await set(support, account.id, UserStatus.LOCKED);
        const { status } = number % 2 === 0 ? await stepUp() : await cancelRecovery(auth, link);
        expect([200, 204, 401, 422]).toContain(status);
      });
      expect(losers(outcomes)).toEqual([]);
      expect([await rowsOf(account.id), await statusOf(account)]).toEqual([[], 'locked']);
      expect(await auditsOf(auth, account.id, 'auth.recovery.cancelled')).toHaveLength(1);
    }
  });
});

describe('a recovery of whoever is locked', () => {
  it('SR-43 waits for staff, also with a recovery code', async () => {
    const account = await register(auth);
    await lock(account);
    const { body } = await provenRecovery(auth, account);
    expect(body).toEqual({ status: 'in_review', completesAt: null });
    await afterTheDelay(auth);
    expect([await statusOf(account), removedOf(account.id)]).toEqual(['locked', []]);
  });

  it('SR-43 lifts the lock once two of the staff approved it since', async () => {
    const begun = await register(auth);
    await lock(begun);
    await provenRecovery(auth, begun);
    const onTheWay = await lockedOnTheWay();
    for (const account of [begun, onTheWay]) await approve(account);
    await afterTheDelay(auth);
    for (const account of [begun, onTheWay]) {
      expect([await statusOf(account), removedOf(account.id).length]).toEqual(['active', 1]);
      expect(await linksTo(auth, account.id)).toHaveLength(1);
    }
    const [lifted] = (await auditsOf(auth, begun.id, 'user.status_changed')).slice(-1);
    expect(lifted).toMatchObject({ details: { from: 'locked', to: 'active' } });
  });

  it('SR-43 does not lift a later lock by an earlier approval', async () => {
    const account = await register(auth);
    await completeRecovery(auth, await askForRecovery(auth, account));
    await approve(account);
    await lock(account);
    await afterTheDelay(auth);
    expect([await statusOf(account), removedOf(account.id)]).toEqual(['locked', []]);
  });
});
