import { uuidv7 } from '@bank/domain';
import { UserService } from '@bank/proto/user';
import { raceOf, winners } from '@bank/testing';
import { timestampFromDate } from '@bufbuild/protobuf/wkt';
import { describe, expect, it } from 'vitest';
import { freshEmail, register, signIn } from './support/accounts.ts';
import { startAuth } from './support/auth.ts';
import { toldOf } from './support/colleagues.ts';
import { get, post } from './support/http.ts';
import { importCallers, importLines, lineOf, newestUser } from './support/imports.ts';
import { forgot, newPassword, reset, resetTokenFor } from './support/passwords.ts';
import { clientAs } from './support/rpc.ts';

const auth = await startAuth({ callers: importCallers, env: { DATABASE_POOL_MAX: '8' } });

const bcryptOfAbc = '$2a$06$If6bvum7DFjUnE9p2uDeDu0YHzrHM6tf.iqN8.yx.jNN1ILEf7h0i';
const count = async (sql: string) =>
  Number((await auth.database.query<{ n: string }>(`select count(*) as n ${sql}`))[0]?.n);

describe('ImportUsers', () => {
  it('makes a customer with what the other system knew of them', async () => {
    const createdAt = timestampFromDate(new Date('2019-05-01T10:00:00Z'));
    const phone = '+4915112345678';
    const known = { phone, phoneVerified: true, locale: 'de', acceptedTerms: '2019-01', createdAt };
    const line = lineOf({ ...known, passwordHash: bcryptOfAbc });
    expect(await importLines(auth, [line])).toEqual(['created']);
    const user = await newestUser(auth);
    expect(user).toMatchObject({
      status: 'active',
      roles: ['customer'],
      emailVerified: true,
      phoneVerified: true,
      locale: 'de',
      acceptedTerms: '2019-01',
      version: 1,
      createdAt: new Date('2019-05-01T10:00:00Z'),
    });
    for (const identifier of [line.email.toUpperCase(), phone]) {
      expect((await post(auth, '/v1/auth/login', { identifier, password: 'abc' })).status).toBe(200);
    }
    const { body } = await signIn(auth, { email: line.email }, { password: 'abc' });
    expect((await get(auth, '/v1/auth/me', body.accessToken)).body).toMatchObject({
      id: user.id,
      email: line.email,
      phone,
    });
  });

  it('tells other services and the ledger of a user as of a registration, with ids alone', async () => {
    const line = lineOf();
    await importLines(auth, [line]);
    const { id } = await newestUser(auth);
    expect(await toldOf(auth, id)).toEqual([
      'events user.registered.v1',
      'events user.activated.v1',
      'audit user.created',
    ]);
    const rows = await auth.database.query('select data from auth.outbox where subject = $1', [id]);
    expect(JSON.stringify(rows)).not.toContain(line.email);
    expect(JSON.stringify(rows)).not.toContain(line.externalId);
  });

  it('SR-8 wraps the hash, and replaces it by one of our own at the first sign-in', async () => {
    const line = lineOf({ passwordHash: bcryptOfAbc });
    await importLines(auth, [line]);
    const imported = (await newestUser(auth)).passwordHash;
    expect(imported).toMatch(/^k1:\$bcrypt\$c=6\$[^|]+\|\$argon2id\$/);
    expect((await signIn(auth, line, { password: 'abd' })).status).toBe(401);
    expect((await newestUser(auth)).passwordHash).toBe(imported);
    expect((await signIn(auth, line, { password: 'abc' })).status).toBe(200);
    expect((await newestUser(auth)).passwordHash).toMatch(/^k1:\$argon2id\$/);
    expect((await signIn(auth, line, { password: 'abc' })).status).toBe(200);
  });

  it('SR-84 seals addresses under keys of their user, and keeps them findable alone', async () => {
    const line = lineOf({ phone: '+4915112345679' });
    await importLines(auth, [line]);
    const { id } = await newestUser(auth);
    expect(await count(`from auth.data_keys where user_id = '${id}'`)).toBe(2);
    const [dump] = await auth.database.query<{ text: string }>(
      `select (select contact::text from auth.users where id = $1) ||
        (select string_agg(i::text, '') from auth.identifiers i where user_id = $1) ||
        (select string_agg(i::text, '') from auth.imported_users i where user_id = $1) as text`,
      [id],
    );
    for (const text of [line.email, line.externalId ?? '', '15112345679']) {
      expect(dump?.text).not.toContain(text);
      expect(dump?.text).not.toContain(Buffer.from(text).toString('hex'));
    }
  });

  it('leaves somebody who has no hash to choose a password by a link', async () => {
    const line = lineOf();
    await importLines(auth, [line]);
    const { id, passwordHash } = await newestUser(auth);
    expect(passwordHash).toBeNull();
    const refused = await signIn(auth, line, { password: 'abc' });
    const unknown = await signIn(auth, { email: freshEmail() }, { password: 'abc' });
    expect([refused.status, refused.body.code]).toEqual([unknown.status, unknown.body.code]);
    await forgot(auth, line.email);
    expect((await reset(auth, await resetTokenFor(auth, id))).status).toBe(204);
    expect((await signIn(auth, line, { password: newPassword })).status).toBe(200);
  });

  it('keeps an address unproven that the other system had not proven: the link of who has nothing else proves it', async () => {
    const line = lineOf({ emailVerified: false });
    await importLines(auth, [line]);
    const { id } = await newestUser(auth);
    expect(await newestUser(auth)).toMatchObject({ id, emailVerified: false, version: 1 });
    await forgot(auth, line.email);
    const mail = await auth.mailbox.newest(line.email, /password/i);
    const token = /token=(pr_[\w.-]+)/.exec(mail.text)?.[1] ?? '';
    expect((await reset(auth, token)).status).toBe(204);
    expect(await newestUser(auth)).toMatchObject({ id, emailVerified: true, version: 2 });
  });

  it('keeps a number that is not proven, and finds nobody by it', async () => {
    const phone = '+4915112345670';
    await importLines(auth, [lineOf({ phone, passwordHash: bcryptOfAbc })]);
    expect(await newestUser(auth)).toMatchObject({ phoneVerified: false });
    expect((await post(auth, '/v1/auth/login', { identifier: phone, password: 'abc' })).status).toBe(401);
  });

  it('keeps somebody out who was locked there', async () => {
    const line = lineOf({ locked: true, passwordHash: bcryptOfAbc });
    await importLines(auth, [line]);
    const user = await newestUser(auth);
    expect(user).toMatchObject({ status: 'locked', version: 2 });
    expect((await signIn(auth, line, { password: 'abc' })).status).toBe(401);
    expect(await toldOf(auth, user.id)).toContain('events user.status_changed.v1');
  });

  it('judges each line for itself, and names field and rule, never a value', async () => {
    const taken = await register(auth);
    const phone = '+4915112345600';
    await importLines(auth, [lineOf({ phone, phoneVerified: true })]);
    const twice = freshEmail();
    const outcomes = await importLines(auth, [
      lineOf({ email: 'nobody' }),
      lineOf({ email: taken.email.toUpperCase() }),
      lineOf({ phone: '030 12' }),
      lineOf({ phone, phoneVerified: true }),
      lineOf({ locale: 'x y' }),
      lineOf({ passwordHash: '5f4dcc3b5aa765d61d8327deb882cf99' }),
      lineOf({ passwordHash: bcryptOfAbc.replace('$06$', '$14$') }),
      lineOf({ createdAt: timestampFromDate(new Date('2999-01-01')) }),
      lineOf({ email: twice }),
      lineOf({ email: twice }),
      lineOf(),
    ]);
    expect(outcomes).toEqual([
      'email email',
      'email taken',
      'phone phone_number',
      'phone taken',
      'locale locale',
      'passwordHash hash_format',
      'passwordHash hash_cost',
      'createdAt time',
      'created',
      'email taken',
      'created',
    ]);
  });

  it('knows a line again by its external id, else by its address, within a call and later', async () => {
    const [named, unnamed] = [lineOf(), lineOf({ externalId: '' })];
    expect(await importLines(auth, [named, unnamed, named, unnamed])).toEqual([
      'created',
      'created',
      'already',
      'already',
    ]);
    expect(await importLines(auth, [unnamed, { ...named, email: freshEmail() }])).toEqual(['already', 'already']);
  });

  it('a dry run judges and changes nothing', async () => {
    const before = await count('from auth.users');
    const hashes = auth.ctx.hasher.stats().completed;
    const line = lineOf({ passwordHash: bcryptOfAbc });
    expect(await importLines(auth, [line, lineOf({ email: 'x' })], { dryRun: true })).toEqual([
      'created',
      'email email',
    ]);
    expect([await count('from auth.users'), auth.ctx.hasher.stats().completed]).toEqual([before, hashes]);
    expect(await importLines(auth, [line])).toEqual(['created']);
  });

  it('SR-86 the ledger knows who ran it, and what came of it', async () => {
    const runId = uuidv7();
    await importLines(auth, [lineOf(), lineOf({ email: 'x' })], { runId });
    const [entry] = await auth.database.query<{ data: object }>(
      `select data from auth.outbox where destination = 'audit' and subject = $1`,
      [runId],
    );
    expect(entry?.data).toMatchObject({
      action: 'operator.command_run',
      actor: { kind: 'ACTOR_KIND_SERVICE', id: 'ops' },
      details: { command: 'users import', dryRun: false, created: 1, already: 0, refused: 1 },
    });
  });

  it('one user of a line and of an address, however many import it at once', { timeout: 120_000 }, async () => {
    for (let round = 0; round < 20; round += 1) {
      const same = Array.from({ length: 5 }, () => lineOf());
      const email = freshEmail();
      const before = await count('from auth.users');
      const calls = await raceOf(6, () =>
        importLines(
          auth,
          [...same, lineOf({ email })].sort(() => Math.random() - 0.5),
        ),
      );
      const outcomes = winners(calls).flat();
      expect(outcomes.filter((outcome) => outcome === 'created')).toHaveLength(6);
      expect(outcomes.filter((outcome) => outcome === 'already')).toHaveLength(25);
      expect(outcomes.filter((outcome) => outcome === 'email taken')).toHaveLength(5);
      expect(await count('from auth.users')).toBe(before + 6);
      expect(
        await count('from auth.imported_users i where not exists (select from auth.users u where u.id = i.user_id)'),
      ).toBe(0);
    }
  });

  it('SR-72 SR-68 is for the operator alone, and makes nothing but customers', async () => {
    const tools = await clientAs(auth, 'tools', UserService);
    await expect(tools.importUsers({ runId: uuidv7(), users: [lineOf()] })).rejects.toMatchObject({
      code: 'access.forbidden',
    });
    expect(await count(`from auth.users where roles <> array['customer']`)).toBe(0);
  });

  it('refuses more than 500 lines, and none', async () => {
    const lines = Array.from({ length: 501 }, () => lineOf());
    for (const users of [lines, []]) {
      await expect(importLines(auth, users)).rejects.toMatchObject({ code: 'request.invalid' });
    }
  });
});
