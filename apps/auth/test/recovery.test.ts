import { raceOf, until, winners } from '@bank/testing';
import { beforeEach, describe, expect, it } from 'vitest';
import { carryOutRecoveries } from '#features/recovery/carry-out-recoveries.ts';
import { freshEmail, messagesTo, register, signIn } from './support/accounts.ts';
import { startAuth } from './support/auth.ts';
import { templatesTo } from './support/emails.ts';
import { post } from './support/http.ts';
import { toldAbout } from './support/passwords.ts';
import { accountWithPhone } from './support/phones.ts';
import {
  afterTheDelay,
  askForRecovery,
  completeRecovery,
  linksIn,
  provenRecovery,
  recoveriesOf,
  recoveryCode,
  recoveryDelayMs,
  startRecovery,
} from './support/recoveries.ts';
import { createStaff } from './support/staff.ts';

const auth = await startAuth({ env: { DATABASE_POOL_MAX: '8' } });

beforeEach(() => {
  auth.neighbours.factors = [];
  auth.neighbours.proof = { kind: 'accepted', by: 'totp' };
  auth.neighbours.removes = true;
});

const { setStatus, rowsOf, removedOf } = recoveriesOf(auth);

describe('POST /v1/auth/recovery', () => {
  it('202 sends a link to the page of customers, that lasts an hour', async () => {
    const account = await register(auth);
    const { status, body } = await startRecovery(auth, account.email.toUpperCase());
    expect([status, body]).toEqual([202, undefined]);
    const [link] = await linksIn(auth, account.id, 'account-recovery');
    expect(link?.href).toMatch(/^https:\/\/app\.bank\.example\/recovery#token=rc_[\w-]{36}\.[\w-]{43}$/);
    const [row] = await auth.database.query<{ seconds: number; row: string }>(
      `select extract(epoch from expires_at)::float8 as seconds, r::text as row from auth.recoveries r where user_id = $1`,
      [account.id],
    );
    expect((row?.seconds ?? 0) - auth.clock.now().getTime() / 1000).toBeCloseTo(3600, -2);
    expect(row?.row).not.toContain(link?.hash.slice(-43));
    expect(await toldAbout(auth, account.id)).toContain('auth.recovery.requested');
  });

  it('SR-15 202 alike for nobody, and writes to nobody', async () => {
    const account = await register(auth);
    const known = await startRecovery(auth, account.email);
    const email = freshEmail();
    const unknown = await startRecovery(auth, email);
    const shape = ({ status, body, headers }: typeof known) => [status, body, [...headers.keys()].sort()];
    expect(shape(unknown)).toEqual(shape(known));
    expect(await messagesTo(auth, email)).toEqual([]);
  });

  it('SR-18 writes five times an hour at most, whichever address is given', async () => {
    const account = await accountWithPhone(auth);
    for (let asked = 0; asked < 4; asked += 1) {
      await startRecovery(auth, account.email);
      await startRecovery(auth, account.phone);
    }
    expect(await linksIn(auth, account.id, 'account-recovery')).toHaveLength(5);
    const told = await toldAbout(auth, account.id);
    expect(told.filter((one) => one === 'auth.recovery.requested limit')).toHaveLength(1);
  });

  it('SR-38 changes nothing and locks nobody, not even a recovery that is under way', async () => {
    const account = await register(auth);
    await provenRecovery(auth, account);
    const before = (await rowsOf(account.id)).filter(({ stage }) => stage === 'proven');
    for (let asked = 0; asked < 3; asked += 1) await startRecovery(auth, account.email);
    expect((await rowsOf(account.id)).filter(({ stage }) => stage === 'proven')).toEqual(before);
    expect((await signIn(auth, account)).status).toBe(200);
  });

  it.each([
    ['suspended', 'status'],
    ['closed', 'status'],
  ])('202 without a message to somebody who is %s', async (status, reason) => {
    const account = await register(auth);
    await setStatus(account.id, status);
    expect((await startRecovery(auth, account.email)).status).toBe(202);
    expect(await linksIn(auth, account.id, 'account-recovery')).toEqual([]);
    expect(await toldAbout(auth, account.id)).toContain(`auth.recovery.requested ${reason}`);
  });

  it('SR-72 202 without a message to whoever works here: colleagues reset their factors', async () => {
    const account = await createStaff(auth, 'customer', 'support');
    expect((await startRecovery(auth, account.email)).status).toBe(202);
    expect(await linksIn(auth, account.id, 'account-recovery')).toEqual([]);
    expect(await toldAbout(auth, account.id)).toContain('auth.recovery.requested staff');
  });
});

describe('POST /v1/auth/recovery/complete', () => {
  it('SR-43 200: with a recovery code it waits a day, and every channel is told; nothing is removed yet', async () => {
    const account = await accountWithPhone(auth);
    const { status, body } = await provenRecovery(auth, account);
    expect(status).toBe(200);
    expect(body).toEqual({ status: 'waiting', completesAt: expect.any(String) });
    const waitsMs = Date.parse(body.completesAt) - auth.clock.now().getTime();
    expect(waitsMs).toBeGreaterThan(recoveryDelayMs - 60_000);
    expect(waitsMs).toBeLessThanOrEqual(recoveryDelayMs);
    const mail = await auth.mailbox.newest(account.email, /will be removed/);
    expect(mail.text).toMatch(/https:\/\/app\.bank\.example\/recovery\/cancel#token=rx_/);
    await until(async () => /will be removed/.test((await auth.carriers.newestSms(account.phone)).text));
    await carryOutRecoveries(auth.ctx);
    expect(removedOf(account.id)).toEqual([]);
    expect((await signIn(auth, account)).status).toBe(200);
    const told = await toldAbout(auth, account.id);
    expect(told).toContain('auth.recovery.proven recovery_code');
  });

  it('SR-24 mfa is asked about the user of the link, for this recovery and no other purpose', async () => {
    const account = await register(auth);
    await provenRecovery(auth, account);
    const [row] = await rowsOf(account.id);
    expect(auth.neighbours.asked.proofs.at(-1)).toEqual({
      binding: { userId: account.id, purpose: 'recovery', bindingId: row?.['id'], audience: 'user-service' },
      proof: { recoveryCode },
    });
  });

  it('200: without a recovery code it waits for staff, and is never due by itself', async () => {
    const account = await register(auth);
    const { status, body } = await completeRecovery(auth, await askForRecovery(auth, account));
    expect([status, body]).toEqual([200, { status: 'in_review', completesAt: null }]);
    expect(await templatesTo(auth, account.id)).toContain('recovery-in-review');
    await afterTheDelay(auth);
    expect(removedOf(account.id)).toEqual([]);
  });

  it('SR-43 the text message says no more than is decided: not that anything will be removed while staff may say no', async () => {
    const account = await accountWithPhone(auth);
    await completeRecovery(auth, await askForRecovery(auth, account));
    await until(async () => /look into it first/.test((await auth.carriers.newestSms(account.phone)).text));
    expect((await auth.carriers.newestSms(account.phone)).text).not.toMatch(/removed/);
  });

  it('whoever reads the mail alone does not put back one that has both proofs', async () => {
    const account = await register(auth);
    const { body: waiting } = await provenRecovery(auth, account);
    const { body } = await completeRecovery(auth, await askForRecovery(auth, account));
    expect(body).toEqual(waiting);
    expect(await toldAbout(auth, account.id)).toContain('auth.recovery.failed under_way');
  });

  it('SR-25 422 for a wrong code; five use the link up, and the right one comes too late', async () => {
    const account = await register(auth);
    const token = await askForRecovery(auth, account);
    auth.neighbours.proof = { kind: 'wrong' };
    for (let tries = 0; tries < 5; tries += 1) {
      const { status, body } = await completeRecovery(auth, token, recoveryCode);
      expect([status, body.code]).toEqual([422, 'auth.verification.invalid']);
    }
    auth.neighbours.proof = { kind: 'accepted', by: 'recovery_code' };
    expect((await completeRecovery(auth, token, recoveryCode)).status).toBe(422);
    const told = await toldAbout(auth, account.id);
    expect(told.filter((one) => one === 'auth.recovery.failed wrong')).toHaveLength(5);
  });

  it('429 while mfa takes no answers of the user, 503 while it is away: the link stays good', async () => {
    const account = await register(auth);
    const token = await askForRecovery(auth, account);
    auth.neighbours.proof = { kind: 'locked', retryAfterSeconds: 900 };
    expect((await completeRecovery(auth, token, recoveryCode)).body.code).toBe('auth.second_factor.locked');
    auth.neighbours.proof = undefined;
    expect((await completeRecovery(auth, token, recoveryCode)).status).toBe(503);
    auth.neighbours.proof = { kind: 'accepted', by: 'recovery_code' };
    expect((await completeRecovery(auth, token, recoveryCode)).status).toBe(200);
  });

  it('SR-36 422 for a link that is older, expired, used, changed, or that never was', async () => {
    const account = await register(auth);
    auth.neighbours.proof = { kind: 'accepted', by: 'recovery_code' };
    const older = await askForRecovery(auth, account);
    const newest = await askForRecovery(auth, account);
    const changed = newest.replace(/.$/, (last) => (last === 'A' ? 'Q' : 'A'));
    const asked = auth.neighbours.asked.proofs.length;
    for (const token of [older, changed, 'rc_x', `pr${newest.slice(2)}`, `rx${newest.slice(2)}`]) {
      const { status, body } = await completeRecovery(auth, token, recoveryCode);
      expect([status, body.code]).toEqual([422, 'auth.verification.invalid']);
    }
    // Nobody's recovery codes are guessed at without a link of theirs.
    expect(auth.neighbours.asked.proofs).toHaveLength(asked);
    expect((await completeRecovery(auth, newest, recoveryCode)).status).toBe(200);
    expect((await completeRecovery(auth, newest, recoveryCode)).status).toBe(422);
    const late = await askForRecovery(auth, account);
    await auth.database.query('update auth.recoveries set expires_at = $1', [auth.clock.now()]);
    expect((await completeRecovery(auth, late, recoveryCode)).status).toBe(422);
  });

  it('SR-39 no field says for whom: what the link does not say is refused', async () => {
    const account = await register(auth);
    const token = await askForRecovery(auth, account);
    const other = await register(auth);
    const swapped = { token, recoveryCode, userId: other.id };
    expect((await post(auth, '/v1/auth/recovery/complete', swapped)).status).toBe(422);
    expect((await rowsOf(other.id)).length).toBe(0);
  });

  it('SR-36 one of sixteen at once is the one, twenty times', { timeout: 120_000 }, async () => {
    auth.neighbours.proof = { kind: 'accepted', by: 'recovery_code' };
    for (let round = 0; round < 20; round += 1) {
      const account = await register(auth);
      const token = await askForRecovery(auth, account);
      const code = round % 2 === 0 ? undefined : recoveryCode;
      const statuses = winners(await raceOf(16, () => completeRecovery(auth, token, code))).map(({ status }) => status);
      expect(statuses.sort()).toEqual([200, ...Array(15).fill(422)]);
      const notices = (await templatesTo(auth, account.id)).filter((one) => one.startsWith('recovery-'));
      expect(notices).toHaveLength(1);
    }
  });
});
