import { smsOf } from '@bank/notifications';
import { raceOf, until, winners } from '@bank/testing';
import { beforeEach, describe, expect, it } from 'vitest';
import { password, register, signIn, steppedUp } from './support/accounts.ts';
import { startAuth } from './support/auth.ts';
import { get, post } from './support/http.ts';
import { deliver, freshPhone } from './support/messages.ts';
import { accountWithPhone, changePhone, smsCode, steppedUpAccount, verifyPhone } from './support/phones.ts';

const auth = await startAuth({ env: { SMS_PER_PREFIX_PER_HOUR: '100000', SMS_PER_HOUR: '100000' } });

beforeEach(() => {
  auth.neighbours.factors = [];
  auth.neighbours.proof = { kind: 'accepted', by: 'totp' };
});

const wrong = (code: string) => (code === '000000' ? '000001' : '000000');
const dayMs = 86_400_000;

async function told(userId: string, type: string): Promise<Record<string, unknown>[]> {
  return await auth.database.query(
    `select data, type from auth.outbox where subject = $1 and coalesce(data->>'action', type) = $2 order by id`,
    [userId, type],
  );
}

describe('POST /v1/auth/phone/change', () => {
  it('202 sends a code that proves the number, which is then shown and signs in', async () => {
    const account = await steppedUpAccount(auth);
    const phone = freshPhone();
    const asked = await changePhone(auth, account.accessToken, `00${phone.slice(1)}`);
    expect([asked.status, asked.body]).toEqual([202, { expiresIn: 600 }]);
    expect((await get(auth, '/v1/auth/me', account.accessToken)).body).toMatchObject({ phoneVerified: false });
    const verified = await verifyPhone(auth, account.accessToken, await smsCode(auth, phone));
    expect([verified.status, verified.body]).toEqual([200, { phone, phoneVerified: true }]);
    expect((await get(auth, '/v1/auth/me', account.accessToken)).body).toMatchObject({ phone, phoneVerified: true });
    const login = await post(auth, '/v1/auth/login', { identifier: phone, password });
    expect(login.status).toBe(200);
  });

  it('SR-62 403 at aal1, and once the step-up is too old; 401 without a token', async () => {
    const plain = await register(auth);
    const low = await changePhone(auth, plain.accessToken, freshPhone());
    expect([low.status, low.body]).toMatchObject([
      403,
      { code: 'auth.step_up.required', acr: 'aal2', maxAgeSeconds: 300 },
    ]);
    const token = await steppedUp(auth, plain.accessToken);
    auth.clock.advance(301_000);
    const old = await changePhone(auth, token, freshPhone());
    expect([old.status, old.body.code]).toEqual([403, 'auth.step_up.required']);
    expect((await post(auth, '/v1/auth/phone/change', { phone: freshPhone() })).status).toBe(401);
  });

  it.each(['0151 1234567', 'call me', '+49 151 12345678 ext. 5', ''])('422 for %j', async (phone) => {
    const { accessToken } = await steppedUpAccount(auth);
    const refused = await changePhone(auth, accessToken, phone);
    expect([refused.status, refused.body.errors]).toEqual([422, [{ path: 'phone', rule: 'phone_number' }]]);
  });

  it('SR-15 answers alike for a number that somebody has, and the code for it opens nothing', async () => {
    const owner = await accountWithPhone(auth);
    const other = await steppedUpAccount(auth);
    const before = await smsCode(auth, owner.phone);
    const free = await changePhone(auth, (await steppedUpAccount(auth)).accessToken, freshPhone());
    const taken = await changePhone(auth, other.accessToken, owner.phone);
    expect([taken.status, taken.body]).toEqual([free.status, free.body]);
    const code = await smsCode(auth, owner.phone, before);
    const refused = await verifyPhone(auth, other.accessToken, code);
    const guessed = await verifyPhone(auth, other.accessToken, wrong(code));
    expect([refused.status, refused.body.code]).toEqual([422, 'auth.verification.invalid']);
    expect({ ...refused.body, requestId: '' }).toEqual({ ...guessed.body, requestId: '' });
    expect((await get(auth, '/v1/auth/me', owner.accessToken)).body).toMatchObject({ phone: owner.phone });
    expect((await get(auth, '/v1/auth/me', other.accessToken)).body).toMatchObject({ phoneVerified: false });
  });

  it('SR-28 429 for a day after a number was proven', async () => {
    const account = await accountWithPhone(auth);
    const soon = await changePhone(auth, account.accessToken, freshPhone());
    expect([soon.status, soon.body.code]).toEqual([429, 'user.contact_change.too_soon']);
    expect(Number(soon.headers.get('retry-after'))).toBeGreaterThan(86_000);
  });

  it('SR-18, SR-25 429 for a sixth message in an hour, whichever numbers they went to', async () => {
    const { accessToken } = await steppedUpAccount(auth);
    const statuses: number[] = [];
    for (let sent = 0; sent < 6; sent += 1) statuses.push((await changePhone(auth, accessToken, freshPhone())).status);
    expect(statuses).toEqual([202, 202, 202, 202, 202, 429]);
  });
});

describe('POST /v1/auth/phone/verify', () => {
  it('SR-20 replaces the old number, which is free again and hears of it, as the mailbox does', async () => {
    const account = await accountWithPhone(auth);
    auth.clock.advance(dayMs);
    const { body: login } = await post(auth, '/v1/auth/login', { identifier: account.email, password });
    const token = await steppedUp(auth, login.accessToken);
    const phone = freshPhone();
    await changePhone(auth, token, phone);
    expect((await verifyPhone(auth, token, await smsCode(auth, phone))).status).toBe(200);
    const notice = await until(async () => {
      const { text } = await auth.carriers.newestSms(account.phone);
      return /no longer belongs/.test(text) ? text : undefined;
    });
    expect(notice).not.toContain(phone);
    await auth.mailbox.newest(account.email, /phone number of your account/);
    const [first, second] = await told(account.id, 'user.phone_changed.v1');
    expect(first).toMatchObject({ data: { userId: account.id, version: '2' } });
    expect(second).toMatchObject({ data: { userId: account.id, version: '3', replaced: true } });
    expect(await told(account.id, 'user.phone_changed')).toHaveLength(2);
    expect((await post(auth, '/v1/auth/login', { identifier: account.phone, password })).status).toBe(401);
    const next = await accountWithPhone(auth, account.phone);
    expect((await get(auth, '/v1/auth/me', next.accessToken)).body).toMatchObject({ phone: account.phone });
  });

  it('SR-21 the code works once', async () => {
    const account = await accountWithPhone(auth);
    const again = await verifyPhone(auth, account.accessToken, await smsCode(auth, account.phone));
    expect([again.status, again.body.code]).toEqual([422, 'auth.verification.invalid']);
  });

  it('SR-22 the code lives ten minutes', async () => {
    const { accessToken } = await steppedUpAccount(auth);
    const phone = freshPhone();
    await changePhone(auth, accessToken, phone);
    const code = await smsCode(auth, phone);
    await auth.database.query(`update auth.contact_changes set code_expires_at = $1`, [auth.clock.now()]);
    expect((await verifyPhone(auth, accessToken, code)).status).toBe(422);
  });

  it('SR-24 the code is of this user, and of the session that asked for it', async () => {
    const account = await steppedUpAccount(auth);
    const phone = freshPhone();
    await changePhone(auth, account.accessToken, phone);
    const code = await smsCode(auth, phone);
    const { body } = await post(auth, '/v1/auth/login', { identifier: account.email, password });
    expect((await verifyPhone(auth, body.accessToken, code)).status).toBe(422);
    const other = await steppedUpAccount(auth);
    await changePhone(auth, other.accessToken, freshPhone());
    expect((await verifyPhone(auth, other.accessToken, code)).status).toBe(422);
    expect((await verifyPhone(auth, account.accessToken, code)).status).toBe(200);
  });

  it('SR-25 five wrong codes end it, a new code does not begin the count anew', async () => {
    const { accessToken, id } = await steppedUpAccount(auth);
    const phone = freshPhone();
    await changePhone(auth, accessToken, phone);
    const first = await smsCode(auth, phone);
    for (let tries = 0; tries < 3; tries += 1) await verifyPhone(auth, accessToken, wrong(first));
    await changePhone(auth, accessToken, phone);
    const second = await smsCode(auth, phone, first);
    for (let tries = 0; tries < 2; tries += 1) await verifyPhone(auth, accessToken, wrong(second));
    expect((await verifyPhone(auth, accessToken, second)).status).toBe(422);
    expect((await changePhone(auth, accessToken, phone)).status).toBe(429);
    expect(await told(id, 'user.contact_change.failed')).toHaveLength(6);
    expect(await told(id, 'user.contact_change.requested')).toMatchObject([
      { data: { outcome: 'AUDIT_OUTCOME_SUCCESS' } },
      { data: { outcome: 'AUDIT_OUTCOME_SUCCESS' } },
      { data: { outcome: 'AUDIT_OUTCOME_DENIED', reason: 'too_often' } },
    ]);
  });

  it('SR-26 a new code replaces the older one, and what is stored is neither code nor number', async () => {
    const { accessToken, id } = await steppedUpAccount(auth);
    const phone = freshPhone();
    await changePhone(auth, accessToken, phone);
    const older = await smsCode(auth, phone);
    await changePhone(auth, accessToken, phone);
    const newer = await smsCode(auth, phone, older);
    const [row] = await auth.database.query('select * from auth.contact_changes where user_id = $1', [id]);
    const stored = Buffer.concat([row?.['address'], row?.['code_hash']] as Buffer[]).toString('latin1');
    expect(stored).not.toMatch(new RegExp(`${newer}|${phone.slice(1)}`));
    expect((await verifyPhone(auth, accessToken, older)).status).toBe(422);
    expect((await verifyPhone(auth, accessToken, newer)).status).toBe(200);
  });

  it('403 for a user who was suspended meanwhile', async () => {
    const { accessToken, id } = await steppedUpAccount(auth);
    const phone = freshPhone();
    await changePhone(auth, accessToken, phone);
    await auth.database.query(`update auth.users set status = 'suspended' where id = $1`, [id]);
    const refused = await verifyPhone(auth, accessToken, await smsCode(auth, phone));
    expect([refused.status, refused.body.code]).toEqual([403, 'user.state.blocked']);
  });

  it('SR-59, SR-85 the number is in no event, ledger entry or row in clear', async () => {
    const { phone, id } = await accountWithPhone(auth);
    const rows = await auth.database.query<{ text: string }>(
      `select row_to_json(o)::text as text from auth.outbox o union all select row_to_json(u)::text from auth.users u
        union all select row_to_json(d)::text from auth.deliveries d`,
    );
    expect(rows.length).toBeGreaterThan(5);
    expect(rows.filter(({ text }) => text.includes(phone.slice(1)))).toEqual([]);
    expect(await told(id, 'user.phone_changed')).toHaveLength(1);
  });
});

describe('SR-28 a number that took the place of another', () => {
  const inAnHour = () => new Date(auth.clock.now().getTime() + 3_600_000);

  /** Sends something to a user's number, and tells how it ended. */
  async function sent(userId: string, message: ReturnType<typeof smsOf>): Promise<unknown> {
    const ended = () =>
      auth.database.query(
        `select state, failure from auth.deliveries
          where user_id = $1 and channel = 'sms' and state <> 'pending' order by id`,
        [userId],
      );
    const before = (await ended()).length;
    await deliver(auth, { to: { userId }, expiresAt: inAnHour(), ...message });
    return await until(async () => (await ended())[before]);
  }

  const code = (userId: string) => sent(userId, smsOf('phone-code', { code: '048291', minutes: 10 }));

  it('gets notices and no codes for three days; a first number gets codes at once', async () => {
    const account = await accountWithPhone(auth);
    expect((await get(auth, '/v1/auth/me', account.accessToken)).body.phoneCodesFrom).toBeNull();
    expect(await code(account.id)).toEqual({ state: 'sent', failure: null });
    auth.clock.advance(dayMs);
    const { body: login } = await post(auth, '/v1/auth/login', { identifier: account.email, password });
    const token = await steppedUp(auth, login.accessToken);
    const phone = freshPhone();
    await changePhone(auth, token, phone);
    await verifyPhone(auth, token, await smsCode(auth, phone));
    const mail = await auth.mailbox.newest(account.email, /phone number of your account/);
    expect((await get(auth, '/v1/auth/me', token)).body.phoneCodesFrom).toBe(
      new Date((await provenAt(account.id)).getTime() + 3 * dayMs).toISOString(),
    );
    expect(await code(account.id)).toEqual({ state: 'suppressed', failure: 'COOL_DOWN' });
    expect(await sent(account.id, smsOf('phone-changed', {}))).toEqual({ state: 'sent', failure: null });
    // To prove the same number again ends nothing.
    auth.clock.advance(dayMs);
    const again = await steppedUp(auth, (await signIn(auth, account)).body.accessToken);
    await changePhone(auth, again, phone);
    expect((await verifyPhone(auth, again, await smsCode(auth, phone))).status).toBe(200);
    expect(await code(account.id)).toEqual({ state: 'suppressed', failure: 'COOL_DOWN' });
    auth.clock.advance(2 * dayMs);
    expect(await code(account.id)).toEqual({ state: 'sent', failure: null });
    expect(mail.text).not.toContain(phone);
  });

  async function provenAt(userId: string): Promise<Date> {
    const [row] = await auth.database.query<{ at: Date }>(
      'select phone_verified_at as at from auth.users where id = $1',
      [userId],
    );
    return row?.at ?? new Date(0);
  }
});

describe('SR-40 two users and one number', () => {
  it('one wins, twenty times', { timeout: 120_000 }, async () => {
    for (let round = 0; round < 20; round += 1) {
      const phone = freshPhone();
      const users = [await steppedUpAccount(auth), await steppedUpAccount(auth)];
      const codes: string[] = [];
      for (const user of users) {
        await changePhone(auth, user.accessToken, phone);
        codes.push(await smsCode(auth, phone, codes[0]));
      }
      const answers = winners(
        await raceOf(8, (number) => verifyPhone(auth, users[number % 2]?.accessToken ?? '', codes[number % 2] ?? '')),
      );
      const statuses = answers.map(({ status }) => status).sort();
      expect(statuses).toEqual([200, 422, 422, 422, 422, 422, 422, 422]);
      const ids = users.map(({ id }) => id);
      const owners = await auth.database.query(
        `select i.user_id, u.version, u.phone_verified_at is not null as proven from auth.identifiers i
          join auth.users u on u.id = i.user_id where i.kind = 'phone' and i.user_id = any ($1)`,
        [ids],
      );
      expect(owners).toMatchObject([{ version: '2', proven: true }]);
      const events = await auth.database.query(
        `select 1 from auth.outbox where type = 'user.phone_changed.v1' and subject = any ($1)`,
        [ids],
      );
      expect(events).toHaveLength(1);
    }
  });
});
