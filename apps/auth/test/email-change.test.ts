import { raceOf, until, winners } from '@bank/testing';
import { beforeEach, describe, expect, it } from 'vitest';
import { freshEmail, messagesTo, password, register, registration, signIn, steppedUp } from './support/accounts.ts';
import { startAuth } from './support/auth.ts';
import { changeCode, changeEmail, moveTo, reversionsTo, templatesTo, verifyEmail } from './support/emails.ts';
import { get, post } from './support/http.ts';
import { passkeyOf, passkeySignIn, syncedPasskey } from './support/passkeys.ts';
import { askForToken, reset, toldAbout } from './support/passwords.ts';
import { accountWithPhone, steppedUpAccount } from './support/phones.ts';

const auth = await startAuth({ env: { DATABASE_POOL_MAX: '8' } });

beforeEach(() => {
  auth.neighbours.factors = [];
  auth.neighbours.proof = { kind: 'accepted', by: 'totp' };
});

const wantsPasskey = { code: 'auth.step_up.required', acr: 'aal2', maxAgeSeconds: 300, phishingResistant: true };

const wrong = (code: string) => (code === '000000' ? '000001' : '000000');

describe('POST /v1/auth/email/change', () => {
  it('202 sends a code that proves the address, which signs in from then on; the one before is free', async () => {
    const account = await steppedUpAccount(auth);
    const email = freshEmail();
    const asked = await changeEmail(auth, account.accessToken, email);
    expect([asked.status, asked.body]).toEqual([202, { expiresIn: 600 }]);
    expect((await get(auth, '/v1/auth/me', account.accessToken)).body.email).toBe(account.email);
    expect((await signIn(auth, { email })).status).toBe(401);
    const verified = await verifyEmail(auth, account.accessToken, await changeCode(auth, email));
    expect([verified.status, verified.body]).toEqual([200, { email, emailVerified: true }]);
    expect((await get(auth, '/v1/auth/me', account.accessToken)).body).toMatchObject({ email, emailVerified: true });
    expect((await signIn(auth, { email })).status).toBe(200);
    expect((await signIn(auth, account)).status).toBe(401);
    const next = await register(auth, account.email);
    expect(next.id).not.toBe(account.id);
  });

  it('SR-62 403 at aal1, and once the step-up is too old; 401 without a token', async () => {
    const plain = await register(auth);
    const low = await changeEmail(auth, plain.accessToken, freshEmail());
    expect([low.status, low.body]).toMatchObject([
      403,
      { code: 'auth.step_up.required', acr: 'aal2', maxAgeSeconds: 300 },
    ]);
    const token = await steppedUp(auth, plain.accessToken);
    auth.clock.advance(301_000);
    const old = await changeEmail(auth, token, freshEmail());
    expect([old.status, old.body.code]).toEqual([403, 'auth.step_up.required']);
    expect((await post(auth, '/v1/auth/email/change', { email: freshEmail() })).status).toBe(401);
  });

  it('SR-72 403 for staff in a session as customers that no passkey proved, and 202 in one that did', async () => {
    const { id, accessToken, ...account } = await register(auth);
    await auth.database.query(`update auth.users set roles = '{customer,support}' where id = $1`, [id]);
    auth.neighbours.proof = { kind: 'accepted', by: 'sms' };
    const weak = await changeEmail(auth, await steppedUp(auth, accessToken), freshEmail());
    expect([weak.status, weak.body]).toMatchObject([403, wantsPasskey]);
    expect(await templatesTo(auth, account.email)).not.toContain('email-change-requested');
    auth.neighbours.passkey = passkeyOf({ id });
    const { body } = await passkeySignIn(auth);
    const email = freshEmail();
    expect((await changeEmail(auth, body.accessToken, email)).status).toBe(202);
    expect((await verifyEmail(auth, body.accessToken, await changeCode(auth, email))).status).toBe(200);
  });

  it.each([
    [4, 200],
    [5, 422],
  ])('SR-25, SR-72 403 %i times for who became staff meanwhile, then %i by a passkey', async (tries, status) => {
    const account = await steppedUpAccount(auth);
    const email = freshEmail();
    await changeEmail(auth, account.accessToken, email);
    await auth.database.query(`update auth.users set roles = '{customer,support}' where id = $1`, [account.id]);
    const code = await changeCode(auth, email);
    for (let tried = 0; tried < tries; tried += 1) {
      expect((await verifyEmail(auth, account.accessToken, code)).body).toMatchObject(wantsPasskey);
    }
    expect((await get(auth, '/v1/auth/me', account.accessToken)).body.email).toBe(account.email);
    auth.neighbours.proof = { kind: 'accepted', by: 'webauthn', passkey: syncedPasskey };
    expect((await verifyEmail(auth, await steppedUp(auth, account.accessToken), code)).status).toBe(status);
  });

  it.each(['', 'ada', 'ada@localhost', 'ada@x.example\r\nBcc: y@z.example', '@x.example'])(
    '422 for %j',
    async (email) => {
      const { accessToken } = await steppedUpAccount(auth);
      const refused = await changeEmail(auth, accessToken, email);
      expect([refused.status, refused.body.errors]).toEqual([422, [{ path: 'email', rule: 'email' }]]);
    },
  );

  it.each([
    ['as it is', (email: string) => email],
    ['in capitals', (email: string) => email.toUpperCase()],
    ['full-width', (email: string) => email.replace(/^u/, 'ｕ').replace('@', '＠')],
    ['with a trailing dot', (email: string) => `${email}.`],
  ])(
    'SR-15, SR-41 an address that somebody has, %s: the same answer, a word to the owner, no code',
    async (_, spell) => {
      const owner = await register(auth);
      const other = await steppedUpAccount(auth);
      const free = await changeEmail(auth, (await steppedUpAccount(auth)).accessToken, freshEmail());
      const spelled = spell(owner.email);
      const taken = await changeEmail(auth, other.accessToken, spelled);
      expect([taken.status, taken.body]).toEqual([free.status, free.body]);
      expect([...taken.headers.keys()].sort()).toEqual([...free.headers.keys()].sort());
      expect(await templatesTo(auth, owner.id)).toContain('email-change-attempted');
      expect(await templatesTo(auth, spelled)).not.toContain('email-code');
      expect(await templatesTo(auth, other.email)).toContain('email-change-requested');
      expect((await verifyEmail(auth, other.accessToken, '123456')).body.code).toBe('auth.verification.invalid');
      expect((await get(auth, '/v1/auth/me', owner.accessToken)).body.email).toBe(owner.email);
    },
  );

  it('another spelling of the present address is proven as any other', async () => {
    const account = await steppedUpAccount(auth);
    const email = account.email.replace(/^u/, 'U');
    await moveTo(auth, account, email);
    expect((await get(auth, '/v1/auth/me', account.accessToken)).body.email).toBe(email);
    expect((await signIn(auth, account)).status).toBe(200);
  });

  it('SR-18, SR-25 429 for a sixth message in an hour, whichever addresses they went to', async () => {
    const { accessToken } = await steppedUpAccount(auth);
    const statuses: number[] = [];
    for (let sent = 0; sent < 6; sent += 1) statuses.push((await changeEmail(auth, accessToken, freshEmail())).status);
    expect(statuses).toEqual([202, 202, 202, 202, 202, 429]);
  });

  it('SR-40 an address that was never proven gets no link', async () => {
    const account = await steppedUpAccount(auth);
    await auth.database.query('update auth.users set email_verified_at = null where id = $1', [account.id]);
    await moveTo(auth, account, freshEmail());
    expect(await reversionsTo(auth, account.email)).toEqual([]);
  });
});

describe('POST /v1/auth/email/verify', () => {
  it('SR-20, SR-40 tells both addresses, the number, the house and the ledger', async () => {
    const account = await accountWithPhone(auth);
    const email = freshEmail();
    await moveTo(auth, account, email);
    const toOld = await templatesTo(auth, account.email);
    expect(toOld.slice(-2)).toEqual(['email-change-requested', 'email-replaced']);
    const notice = await auth.mailbox.newest(email, /is the email address of your account/);
    expect(notice.text).not.toContain(account.email);
    const replaced = await auth.mailbox.newest(account.email, /email address of your account .* was changed/);
    expect(replaced.text).not.toContain(email);
    await until(async () => /email address was confirmed/.test((await auth.carriers.newestSms(account.phone)).text));
    const told = await toldAbout(auth, account.id);
    expect(told).toContain('user.email_changed.v1');
    expect(told).toContain('user.email_changed');
    const [event] = await auth.database.query(
      `select data from auth.outbox where type = 'user.email_changed.v1' and subject = $1`,
      [account.id],
    );
    // The number was the second version.
    expect(event).toMatchObject({ data: { userId: account.id, version: '3' } });
  });

  it('SR-36 links for another password that went to the address before are dead', async () => {
    const account = await steppedUpAccount(auth);
    const token = await askForToken(auth, account);
    await moveTo(auth, account, freshEmail());
    expect((await reset(auth, token)).body.code).toBe('auth.verification.invalid');
  });

  it('SR-21 the code works once', async () => {
    const account = await steppedUpAccount(auth);
    const email = freshEmail();
    await moveTo(auth, account, email);
    const again = await verifyEmail(auth, account.accessToken, await changeCode(auth, email));
    expect([again.status, again.body.code]).toEqual([422, 'auth.verification.invalid']);
  });

  it('SR-22 the code lives ten minutes, though its row is still there', async () => {
    const { accessToken } = await steppedUpAccount(auth);
    const email = freshEmail();
    await changeEmail(auth, accessToken, email);
    await auth.database.query(`update auth.contact_changes set code_expires_at = $1`, [auth.clock.now()]);
    expect((await verifyEmail(auth, accessToken, await changeCode(auth, email))).status).toBe(422);
  });

  it('SR-24 the code is of this user, this kind, and the session that asked for it', async () => {
    const account = await steppedUpAccount(auth);
    const email = freshEmail();
    await changeEmail(auth, account.accessToken, email);
    const code = await changeCode(auth, email);
    const { body } = await signIn(auth, account);
    expect((await verifyEmail(auth, body.accessToken, code)).status).toBe(422);
    const other = await steppedUpAccount(auth);
    await changeEmail(auth, other.accessToken, freshEmail());
    expect((await verifyEmail(auth, other.accessToken, code)).status).toBe(422);
    expect((await post(auth, '/v1/auth/phone/verify', { code }, { token: account.accessToken })).status).toBe(422);
    expect((await verifyEmail(auth, account.accessToken, code)).status).toBe(200);
  });

  it('SR-25 five wrong codes end it, a new code does not begin the count anew', async () => {
    const { accessToken, id } = await steppedUpAccount(auth);
    const email = freshEmail();
    await changeEmail(auth, accessToken, email);
    const first = await changeCode(auth, email);
    for (let tries = 0; tries < 3; tries += 1) await verifyEmail(auth, accessToken, wrong(first));
    await changeEmail(auth, accessToken, email);
    const second = await changeCode(auth, email);
    for (let tries = 0; tries < 2; tries += 1) await verifyEmail(auth, accessToken, wrong(second));
    expect((await verifyEmail(auth, accessToken, second)).status).toBe(422);
    expect((await changeEmail(auth, accessToken, email)).status).toBe(429);
    const told = await toldAbout(auth, id);
    expect(told.filter((one) => one.startsWith('user.contact_change.failed'))).toHaveLength(6);
    expect(told).toContain('user.contact_change.requested too_often');
  });

  it('SR-26 a new code replaces the older one, and what is stored is neither code nor address', async () => {
    const { accessToken, id } = await steppedUpAccount(auth);
    const email = freshEmail();
    await changeEmail(auth, accessToken, email);
    const older = await changeCode(auth, email);
    await changeEmail(auth, accessToken, email);
    const newer = await changeCode(auth, email);
    const [row] = await auth.database.query('select * from auth.contact_changes where user_id = $1', [id]);
    const stored = Buffer.concat([row?.['address'], row?.['code_hash']] as Buffer[]).toString('latin1');
    expect(stored).not.toMatch(new RegExp(`${newer}|${email}`));
    if (older !== newer) expect((await verifyEmail(auth, accessToken, older)).status).toBe(422);
    expect((await verifyEmail(auth, accessToken, newer)).status).toBe(200);
  });

  it('403 for a user who was suspended meanwhile', async () => {
    const { accessToken, id } = await steppedUpAccount(auth);
    const email = freshEmail();
    await changeEmail(auth, accessToken, email);
    await auth.database.query(`update auth.users set status = 'suspended' where id = $1`, [id]);
    const refused = await verifyEmail(auth, accessToken, await changeCode(auth, email));
    expect([refused.status, refused.body.code]).toEqual([403, 'user.state.blocked']);
  });

  it('SR-59, SR-85 neither address is in an event, ledger entry or row in clear', async () => {
    const account = await steppedUpAccount(auth);
    const email = freshEmail();
    await moveTo(auth, account, email);
    const rows = await auth.database.query<{ text: string }>(
      `select row_to_json(o)::text as text from auth.outbox o union all select row_to_json(u)::text from auth.users u
        union all select row_to_json(d)::text from auth.deliveries d
        union all select row_to_json(r)::text from auth.email_reversions r`,
    );
    expect(rows.length).toBeGreaterThan(5);
    expect(rows.filter(({ text }) => text.includes(account.email) || text.includes(email))).toEqual([]);
  });
});

describe('SR-40 two users and one address', () => {
  it('one wins, twenty times', { timeout: 120_000 }, async () => {
    for (let round = 0; round < 20; round += 1) {
      const email = freshEmail();
      const users = [await steppedUpAccount(auth), await steppedUpAccount(auth)];
      const codes: string[] = [];
      for (const user of users) {
        await changeEmail(auth, user.accessToken, email);
        codes.push(await changeCode(auth, email));
      }
      const answers = winners(
        await raceOf(16, (number) => verifyEmail(auth, users[number % 2]?.accessToken ?? '', codes[number % 2] ?? '')),
      );
      expect(answers.map(({ status }) => status).sort()).toEqual([200, ...Array(15).fill(422)]);
      const ids = users.map(({ id }) => id);
      const moved = await auth.database.query(
        `select 1 from auth.outbox where type = 'user.email_changed.v1' and subject = any ($1)`,
        [ids],
      );
      expect(moved).toHaveLength(1);
      const owners = await auth.database.query(
        `select user_id from auth.identifiers where kind = 'email' and user_id = any ($1)`,
        [ids],
      );
      expect(owners.map((row) => row['user_id']).sort()).toEqual([...ids].sort());
      expect((await signIn(auth, { email })).status).toBe(200);
    }
  });

  it('a registration of the address that is proven first has it', async () => {
    const account = await steppedUpAccount(auth);
    const email = freshEmail();
    await changeEmail(auth, account.accessToken, email);
    const code = await changeCode(auth, email);
    const { body } = await post(auth, '/v1/auth/register', registration(email));
    const proof = (await messagesTo(auth, email)).findLast(({ template }) => template === 'registration-code');
    const verified = await post(auth, '/v1/auth/register/verify', {
      registrationId: body.registrationId,
      code: proof?.params['code'],
    });
    expect(verified.status).toBe(201);
    expect((await verifyEmail(auth, account.accessToken, code)).status).toBe(422);
    expect((await post(auth, '/v1/auth/login', { identifier: email, password })).body.sessionId).toBeDefined();
  });
});
