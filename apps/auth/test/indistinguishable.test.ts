import { afterEach, describe, expect, it } from 'vitest';
import type { PasskeyVerdict } from '#adapters/factors/passkeys.ts';
import { freshEmail, password, register, registration } from './support/accounts.ts';
import { startAuth } from './support/auth.ts';
import { post } from './support/http.ts';
import { freshPhone } from './support/messages.ts';
import { askPasskey, assertion, passkeyOf } from './support/passkeys.ts';
import { accountWithPhone } from './support/phones.ts';
import { rawPost, withoutChance } from './support/raw-http.ts';

const auth = await startAuth({ env: { SMS_PER_PREFIX_PER_HOUR: '100000', SMS_PER_HOUR: '100000' } });

/** Every byte of an answer that may tell something. */
async function bytes(path: string, body: unknown): Promise<string> {
  return withoutChance(await rawPost(auth, path, body));
}

/** The answers to several requests are the same, to the last byte; the first says what they are. */
async function expectAlike(path: string, expected: RegExp, bodies: Record<string, unknown>): Promise<void> {
  const answers: Record<string, string> = {};
  for (const [name, body] of Object.entries(bodies)) answers[name] = await bytes(path, body);
  const [first = ''] = Object.values(answers);
  expect(first).toMatch(expected);
  expect(answers).toEqual(Object.fromEntries(Object.keys(bodies).map((name) => [name, first])));
}

afterEach(() => {
  auth.neighbours.verdict = 'allow';
});

const nowhere = '01980000-0000-7000-8000-000000000001';

describe('SR-15 every byte of an answer is the same', () => {
  it('to a registration of a new, a pending and a taken address, with a number or without', async () => {
    const owner = await accountWithPhone(auth);
    const pending = freshEmail();
    await post(auth, '/v1/auth/register', registration(pending));
    await expectAlike('/v1/auth/register', /^HTTP\/1\.1 202 /, {
      free: registration(freshEmail()),
      pending: registration(pending),
      taken: registration(owner.email),
      takenInCapitals: registration(owner.email.toUpperCase()),
      takenNumber: registration(freshEmail(), { phone: owner.phone }),
      freeNumber: registration(freshEmail(), { phone: freshPhone() }),
    });
  });

  it('to a resend for a registration that is open, taken, closed, or none', async () => {
    const owner = await register(auth);
    const start = async (email: string) =>
      (await post(auth, '/v1/auth/register', registration(email))).body.registrationId as string;
    const [closed] = await auth.database.query<{ id: string }>(
      'select id from auth.registrations where user_id = $1 and closed_at is not null',
      [owner.id],
    );
    await expectAlike('/v1/auth/register/resend', /^HTTP\/1\.1 202 /, {
      open: { registrationId: await start(freshEmail()) },
      taken: { registrationId: await start(owner.email) },
      closed: { registrationId: closed?.id },
      none: { registrationId: nowhere },
    });
  });

  it('to a wrong code for a registration that is open, taken, or none', async () => {
    const owner = await register(auth);
    const { body: open } = await post(auth, '/v1/auth/register', registration(freshEmail()));
    const { body: taken } = await post(auth, '/v1/auth/register', registration(owner.email));
    const wrong = (registrationId: string) => ({ registrationId, code: '000000' });
    await expectAlike('/v1/auth/register/verify', /^HTTP\/1\.1 422 /, {
      open: wrong(open.registrationId),
      taken: wrong(taken.registrationId),
      none: wrong(nowhere),
    });
  });

  it('to asking for another password, by an address or a number that is known, or not', async () => {
    const owner = await accountWithPhone(auth);
    await expectAlike('/v1/auth/password/forgot', /^HTTP\/1\.1 202 /, {
      address: { identifier: owner.email },
      number: { identifier: owner.phone },
      noAddress: { identifier: freshEmail() },
      noNumber: { identifier: freshPhone() },
    });
  });
});

describe('SR-15, SR-16 every byte of a refused sign-in is the same', () => {
  const login = (identifier: string, chosen = 'not the right one') => ({ identifier, password: chosen });

  it('for nobody, a wrong password, and a right one of somebody who is stopped', async () => {
    const owner = await accountWithPhone(auth);
    const stopped = await accountWithPhone(auth);
    await auth.database.query(`update auth.users set status = 'suspended' where id = $1`, [stopped.id]);
    await expectAlike('/v1/auth/login', /^HTTP\/1\.1 401 /, {
      noAddress: login(freshEmail()),
      noNumber: login(freshPhone()),
      wrong: login(owner.email),
      wrongByNumber: login(owner.phone),
      stopped: login(stopped.email, password),
      stoppedByNumber: login(stopped.phone, password),
    });
  });

  it('where device denies, whatever the password was', async () => {
    const owner = await register(auth);
    auth.neighbours.verdict = 'deny';
    await expectAlike('/v1/auth/login', /^HTTP\/1\.1 401 /, {
      right: login(owner.email, password),
      wrong: login(owner.email),
      nobody: login(freshEmail()),
    });
  });

  it('for a passkey of nobody, a wrong one, and a right one of somebody who is stopped or denied', async () => {
    const [owner, stopped] = [await register(auth), await register(auth)];
    await auth.database.query(`update auth.users set status = 'suspended' where id = $1`, [stopped.id]);
    const path = '/v1/auth/passkey/verify';
    const answerAs = async (passkey: PasskeyVerdict, verdict: 'allow' | 'deny' = 'allow') => {
      Object.assign(auth.neighbours, { passkey, verdict });
      const { loginId } = (await askPasskey(auth)).body;
      return await bytes(path, { loginId, response: assertion() });
    };
    const wrong = await answerAs({ kind: 'wrong' });
    expect(wrong).toMatch(/^HTTP\/1\.1 401 /);
    expect(await answerAs(passkeyOf(stopped))).toBe(wrong);
    expect(await answerAs(passkeyOf(owner), 'deny')).toBe(wrong);
    expect(await answerAs({ kind: 'wrong' }, 'deny')).toBe(wrong);
    expect(await answerAs(passkeyOf(owner, { isUserVerified: false }))).toBe(wrong);
  });

  it('while a pool is locked, of nobody or somebody, with the right password too', async () => {
    const owner = await accountWithPhone(auth);
    const [noAddress, noNumber] = [freshEmail(), freshPhone()];
    for (const identifier of [owner.email, noAddress, noNumber]) {
      for (let tries = 0; tries < 5; tries += 1) await post(auth, '/v1/auth/login', login(identifier));
    }
    // One moment for all, as the time that is left passes.
    await auth.database.query('update auth.lockouts set locked_until = $1', [
      new Date(auth.clock.now().getTime() + 60_000),
    ]);
    await auth.clock.atOnce(() =>
      expectAlike('/v1/auth/login', /^HTTP\/1\.1 429 /, {
        right: login(owner.email, password),
        wrong: login(owner.email),
        byNumber: login(owner.phone, password),
        noAddress: login(noAddress),
        noNumber: login(noNumber),
      }),
    );
  });
});
