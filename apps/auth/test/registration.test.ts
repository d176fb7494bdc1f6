import { describe, expect, it } from 'vitest';
import { codeFor, freshEmail, messagesTo, password, register, registration, signIn } from './support/accounts.ts';
import { startAuth } from './support/auth.ts';
import { type Answer, get, post } from './support/http.ts';

const auth = await startAuth();

const start = (email: string, changes?: object) => post(auth, '/v1/auth/register', registration(email, changes));
const verify = (registrationId: string, code: string, changes?: object) =>
  post(auth, '/v1/auth/register/verify', { registrationId, code, ...changes });
const resend = (registrationId: string) => post(auth, '/v1/auth/register/resend', { registrationId });

/** A code that is not the one given. */
function wrong(code: string): string {
  return code === '000000' ? '000001' : '000000';
}

/** What two answers must share to be indistinguishable, ids and times aside. */
function outside({ status, body, headers }: Answer) {
  const names = [...headers.keys()].filter((name) => !['date', 'x-request-id', 'traceparent'].includes(name));
  return { status, fields: Object.keys(body ?? {}), code: body?.code, names };
}

describe('POST /v1/auth/register', () => {
  it('202 sends a code to the address', async () => {
    const email = freshEmail();
    const { status, body, headers } = await start(email);
    expect(status).toBe(202);
    expect(body).toEqual({ registrationId: expect.any(String), expiresIn: 600 });
    expect(headers.get('cache-control')).toBe('no-store');
    const mail = await auth.mailbox.newest(email, /Confirm your email/);
    expect(mail.text).toContain(await codeFor(auth, email));
  });

  it('SR-15 202 for a taken address, whose owner gets another message', async () => {
    const owner = await register(auth);
    const free = await start(freshEmail());
    const taken = await start(owner.email);
    expect(outside(taken)).toEqual(outside(free));
    const [message] = await messagesTo(auth, owner.id);
    expect(message?.template).toBe('registration-attempted');
    await auth.mailbox.newest(owner.email, /tried to register/);
  });

  it.each([
    ['an extra field', { admin: true }, { path: 'admin', rule: 'unknown_field' }],
    ['no email address', { email: 'nobody' }, { path: 'email', rule: 'email' }],
    ['a national phone number', { phone: '030 1234567' }, { path: 'phone', rule: 'phone_number' }],
    ['a language that is none', { locale: 'x y' }, { path: 'locale', rule: 'locale' }],
  ])('422 for %s', async (_, changes, problem) => {
    const { status, body } = await start(freshEmail(), changes);
    expect(status).toBe(422);
    expect(body).toMatchObject({ code: 'request.invalid', errors: [problem] });
  });

  it('422 for terms that are not the current ones', async () => {
    const { status, body } = await start(freshEmail(), { acceptedTerms: '1999-01' });
    expect([status, body.code]).toEqual([422, 'auth.terms.outdated']);
  });

  it.each([
    ['SR-1 eleven characters', 'abcdefghijk', 'too_short'],
    ['SR-2 ten kilobytes', 'x'.repeat(10_240), 'too_long'],
    ['SR-5 a common password', 'password12345', 'listed'],
    ['SR-6 the name of the product', 'my bank secret!', 'context_word'],
  ])('422 for a password of %s, before anything is hashed', async (_, chosen, rule) => {
    const hashed = auth.ctx.hasher.stats().completed;
    const { status, body } = await start(freshEmail(), { password: chosen });
    expect(status).toBe(422);
    expect(body).toMatchObject({ code: 'auth.password.unacceptable', errors: [{ path: 'password', rule }] });
    expect(auth.ctx.hasher.stats().completed).toBe(hashed);
  });

  it.each([
    ['SR-2 64 characters', 'k'.repeat(40) + 'v'.repeat(24)],
    ['SR-4 twenty small letters', 'qzvfwkxpjmtyghbnrcls'],
  ])('202 for a password of %s', async (_, chosen) => {
    expect((await start(freshEmail(), { password: chosen })).status).toBe(202);
  });

  it('SR-6 422 for a password with the own address in it', async () => {
    const { body } = await start('margarethe@mail.example', { password: 'Margarethe-1974-x' });
    expect(body.errors).toEqual([{ path: 'password', rule: 'context_word' }]);
  });
});

describe('POST /v1/auth/register/verify', () => {
  it('201 creates the user, opens the first session on a known device, and tells everybody', async () => {
    const email = freshEmail();
    const { body: started } = await start(email, { phone: '+49 30 1234567', locale: 'en-GB' });
    const { status, body } = await verify(started.registrationId, await codeFor(auth, email), {
      device: { platform: 'ios', name: 'Phone' },
    });
    expect(status).toBe(201);
    expect(body).toMatchObject({
      tokenType: 'Bearer',
      expiresIn: 300,
      acr: 'aal1',
      refreshToken: expect.stringMatching(/^rt_/),
      device: { secret: expect.stringMatching(/^dv_/) },
      user: { status: 'active', roles: ['customer'], emailVerified: true, phoneVerified: false },
    });
    const me = await get(auth, '/v1/auth/me', body.accessToken);
    expect(me.body).toMatchObject({ id: body.user.id, email, phone: '+49301234567', phoneVerified: false });
    expect(await eventsAbout(body.user.id)).toEqual([
      'user.registered.v1',
      'user.activated.v1',
      'auth.sign_in_succeeded.v1',
    ]);
    const [device] = await auth.database.query(`select known_at from auth.devices where id = $1`, [body.device.id]);
    expect(device?.['known_at']).toBeInstanceOf(Date);
  });

  it('201 records which terms were accepted and when, which is when they were ticked', async () => {
    const email = freshEmail();
    const { body: started } = await start(email);
    const code = await codeFor(auth, email);
    auth.clock.advance(60_000);
    const { body } = await verify(started.registrationId, code);
    const rows = await auth.database.query<{ accepted_at: Date; created_at: Date }>(
      `select t.version, t.accepted_at, r.created_at from auth.terms_acceptances t
        join auth.registrations r using (user_id) where user_id = $1`,
      [body.user.id],
    );
    expect(rows).toEqual([{ version: '2026-01', accepted_at: rows[0]?.created_at, created_at: expect.any(Date) }]);
  });

  it('SR-41 one user for all spellings of an address', async () => {
    const owner = await register(auth);
    const spellings = [owner.email.toUpperCase(), `${owner.email}.`, owner.email.replace('u', 'ｕ')];
    for (const spelling of spellings) {
      const { body } = await start(spelling);
      expect(await messagesTo(auth, spelling)).toEqual([]);
      expect(body.registrationId).toEqual(expect.any(String));
    }
    expect((await messagesTo(auth, owner.id)).length).toBe(spellings.length);
  });

  it('SR-25 422 for wrong codes, and for the right one after five of them; a resend gives no new tries', async () => {
    const email = freshEmail();
    const { body: started } = await start(email);
    const code = await codeFor(auth, email);
    for (let tries = 0; tries < 4; tries += 1) {
      const { status, body } = await verify(started.registrationId, wrong(code));
      expect([status, body.code]).toEqual([422, 'auth.registration.code_invalid']);
    }
    await resend(started.registrationId);
    await verify(started.registrationId, wrong(await codeFor(auth, email)));
    await resend(started.registrationId);
    expect((await verify(started.registrationId, await codeFor(auth, email))).status).toBe(422);
  });

  it('SR-22 422 for a code after ten minutes', async () => {
    const email = freshEmail();
    const { body: started } = await start(email);
    const code = await codeFor(auth, email);
    await auth.database.query(
      `update auth.registrations set code_expires_at = now() - interval '1 second' where id = $1`,
      [started.registrationId],
    );
    expect((await verify(started.registrationId, code)).status).toBe(422);
  });

  it('422 for the second use of a code', async () => {
    const email = freshEmail();
    const { body: started } = await start(email);
    const code = await codeFor(auth, email);
    expect((await verify(started.registrationId, code)).status).toBe(201);
    expect((await verify(started.registrationId, code)).status).toBe(422);
  });

  it('422 for whoever verifies second', async () => {
    const email = freshEmail();
    const { body: first } = await start(email, { password: 'a squatter chose this one' });
    const firstCode = await codeFor(auth, email);
    const { body: second } = await start(email);
    expect((await verify(second.registrationId, await codeFor(auth, email))).status).toBe(201);
    const [loser] = await auth.database.query('select closed_at from auth.registrations where id = $1', [
      first.registrationId,
    ]);
    expect(loser?.['closed_at']).toBeInstanceOf(Date);
    expect((await verify(first.registrationId, firstCode)).status).toBe(422);
    expect((await signIn(auth, { email })).status).toBe(200);
    expect((await signIn(auth, { email }, { password: 'a squatter chose this one' })).status).toBe(401);
  });

  it('422 for a client that is unknown here', async () => {
    const email = freshEmail();
    const { body: started } = await start(email);
    const { status, body } = await verify(started.registrationId, await codeFor(auth, email), {
      clientId: 'staff-console',
    });
    expect([status, body.code]).toEqual([422, 'auth.client.unknown']);
  });

  it('after twenty wrong codes for one address its codes are dead and its mails carry a link', async () => {
    const email = freshEmail();
    const registrations: string[] = [];
    for (let each = 0; each < 5; each += 1) registrations.push((await start(email)).body.registrationId);
    const code = await codeFor(auth, email);
    const [open = '', ...spent] = registrations.reverse();
    for (const id of spent) for (let tries = 0; tries < 5; tries += 1) await verify(id, wrong(code));
    expect((await verify(open, code)).status).toBe(422);
    await resend(open);
    const message = (await messagesTo(auth, email)).at(-1);
    expect(message?.template).toBe('registration-link');
    const link = new URL(message?.params['url'] ?? '');
    expect([link.origin, link.search]).toEqual(['https://app.bank.example', '']);
    const fragment = new URLSearchParams(link.hash.slice(1));
    // Whoever opens it proves the registration that their own browser began, and no stranger's (SR-39).
    expect([...fragment.keys()]).toEqual(['code']);
    const secret = fragment.get('code') ?? '';
    expect(Buffer.from(secret, 'base64url')).toHaveLength(32);
    const other = `${secret.startsWith('A') ? 'B' : 'A'}${secret.slice(1)}`;
    expect((await verify(open, other)).status).toBe(422);
    expect((await verify(open, secret)).status).toBe(201);
  });
});

describe('POST /v1/auth/register/resend', () => {
  it('SR-26 202 sends a new code, and the older one is dead', async () => {
    const email = freshEmail();
    const { body: started } = await start(email);
    const older = await codeFor(auth, email);
    expect((await resend(started.registrationId)).status).toBe(202);
    const newer = await codeFor(auth, email);
    if (newer !== older) expect((await verify(started.registrationId, older)).status).toBe(422);
    expect((await verify(started.registrationId, newer)).status).toBe(201);
  });

  it('SR-15 202 for a registration that does not exist, or whose address has an owner by now', async () => {
    const email = freshEmail();
    const { body: mine } = await start(email);
    const { body: other } = await start(email);
    const { body: verified } = await verify(other.registrationId, await codeFor(auth, email));
    const [known, unknown] = [
      await resend(mine.registrationId),
      await resend(crypto.randomUUID().replace(/^(.{14})./, '$17')),
    ];
    expect(outside(known)).toEqual(outside(unknown));
    expect((await messagesTo(auth, verified.user.id)).at(-1)?.template).toBe('registration-attempted');
  });

  it('422 for an id that is none', async () => {
    expect((await resend('1')).status).toBe(422);
  });
});

describe('SR-8 what is stored', () => {
  it('holds no password, no code and no address in the clear', async () => {
    const email = freshEmail();
    await start(email);
    const code = await codeFor(auth, email);
    const [row] = await auth.database.query(`select * from auth.registrations order by created_at desc limit 1`);
    const stored = JSON.stringify(row);
    for (const secret of [email, password, code]) expect(stored).not.toContain(secret);
    expect(row?.['password_hash']).toMatch(/^k1:\$argon2id\$v=19\$/);
  });
});

async function eventsAbout(subject: string): Promise<string[]> {
  const rows = await auth.database.query<{ type: string }>(
    `select type from auth.outbox where subject = $1 and destination = 'events' order by sequence`,
    [subject],
  );
  return rows.map(({ type }) => type);
}
