import { audiences, uuidv7 } from '@bank/domain';
import { MfaService } from '@bank/proto/mfa';
import { softwareAuthenticator } from '@bank/testing/webauthn';
import { describe, expect, test } from 'vitest';
import { startPasskeySignIn } from '#features/passkey-sign-in/start-passkey-sign-in.ts';
import { verifyPasskeySignIn } from '#features/passkey-sign-in/verify-passkey-sign-in.ts';
import { auth, mfaApp, pages, toldOf } from './mfa-app.ts';
import { bytesOf, givenPasskey, givenPasskeyChallenge, givenPasskeySignIn } from './passkeys.ts';

const app = mfaApp();

const wrong = { code: 'auth.second_factor.invalid' };

describe('StartPasskeySignIn', () => {
  test('SR-15: the same for everybody: no credential is named, and the challenge is new', async () => {
    const [first, second] = [await givenPasskeySignIn(app), await givenPasskeySignIn(app)];
    expect(first.options).toEqual({
      challenge: expect.any(String),
      rpId: 'bank.test',
      allowCredentials: [],
      userVerification: 'required',
      timeout: 300_000,
    });
    expect(bytesOf(first.options.challenge)).toHaveLength(32);
    expect(second.options.challenge).not.toBe(first.options.challenge);
  });

  test('SR-68: nobody but auth asks', async () => {
    const tools = { kind: 'service', name: 'tools' } as const;
    for (const verb of [startPasskeySignIn, verifyPasskeySignIn]) {
      await expect(verb(app.ctx, tools, {})).rejects.toMatchObject({ code: 'access.forbidden' });
    }
  });
});

describe('VerifyPasskeySignIn', () => {
  test.each([false, true])('tells whose the passkey is, and what it is worth; synced: %s', async (isSynced) => {
    const passkey = await givenPasskey(app, { isSynced });
    const { options, send } = await givenPasskeySignIn(app);
    const accepted = await send(passkey.authenticator.get(options, pages.customers));
    expect(accepted).toMatchObject({
      userId: passkey.userId,
      factorId: passkey.factorId,
      passkey: { userVerified: true, deviceBound: !isSynced, attested: false },
    });
    expect((await toldOf(app, passkey.userId)).at(-1)).toBe('audit mfa.challenge.passed');
    const [row] = await app.database.query('select last_used_at from mfa.factors where id = $1', [passkey.factorId]);
    expect(row).toEqual({ last_used_at: expect.any(Date) });
  });

  test('SR-72: for staff from a page of staff alone, and the other way round', async () => {
    const passkey = await givenPasskey(app, { isSynced: true });
    for (const [audience, origin, isAccepted] of [
      [audiences.staff, pages.staff, true],
      [audiences.staff, pages.customers, false],
      [audiences.customers, pages.staff, false],
    ] as const) {
      const { options, send } = await givenPasskeySignIn(app);
      const verified = send(passkey.authenticator.get(options, origin), { audience });
      if (isAccepted) await expect(verified).resolves.toMatchObject({ userId: passkey.userId });
      else await expect(verified).rejects.toMatchObject(wrong);
    }
  });

  test('SR-15: a passkey that nobody has, and one that is not confirmed, are refused like a wrong signature', async () => {
    const stranger = softwareAuthenticator();
    const { options, send } = await givenPasskeySignIn(app);
    const handle = Buffer.alloc(16).toString('base64url');
    stranger.create({ challenge: 'AA', rp: { id: 'bank.test' }, user: { id: handle } }, pages.customers);
    const signInId = uuidv7();
    await expect(send(stranger.get(options, pages.customers), { signInId })).rejects.toMatchObject(wrong);
    expect(await toldOf(app, signInId)).toEqual(['audit mfa.challenge.failed']);

    const passkey = await givenPasskey(app);
    const before = (await toldOf(app, passkey.userId)).length;
    const forged = passkey.authenticator.get(options, pages.customers, { signature: () => new Uint8Array(70) });
    await expect(send(forged)).rejects.toMatchObject(wrong);
    expect((await toldOf(app, passkey.userId)).slice(before)).toEqual(['audit mfa.challenge.failed']);
    await app.database.query('update mfa.factors set confirmed_at = null where id = $1', [passkey.factorId]);
    await expect(send(passkey.authenticator.get(options, pages.customers))).rejects.toMatchObject(wrong);
  });

  test('SR-14: wrong passkeys do not block their user, nor do wrong codes block passkeys', async () => {
    const passkey = await givenPasskey(app);
    for (let tries = 0; tries < 11; tries += 1) {
      const { options, send } = await givenPasskeySignIn(app);
      const forged = passkey.authenticator.get(options, pages.customers, { flags: { uv: false } });
      await expect(send(forged)).rejects.toMatchObject(wrong);
    }
    await (await givenPasskeyChallenge(app, passkey)).answer();
    const later = new Date(Date.now() + 900_000);
    await app.database.query('update mfa.subjects set failures = 10, blocked_until = $2 where user_id = $1', [
      ...[passkey.userId, later],
    ]);
    const { options, send } = await givenPasskeySignIn(app);
    await expect(send(passkey.authenticator.get(options, pages.customers))).resolves.toBeDefined();
  });

  test('what is no question: a challenge of another length, no audience, no assertion', async () => {
    const passkey = await givenPasskey(app);
    const { options, send } = await givenPasskeySignIn(app);
    const assertion = passkey.authenticator.get(options, pages.customers);
    for (const changes of [
      { challenge: new Uint8Array(31) },
      { audience: '' },
      { audience: 'everybody' },
      { signInId: 'x' },
      { assertion: undefined },
    ]) {
      await expect(send(assertion, changes)).rejects.toMatchObject({ code: 'request.invalid' });
    }
    const client = await app.client(MfaService, auth);
    await expect(client.verifyPasskeySignIn({})).rejects.toMatchObject({ code: 'request.invalid' });
  });

  test('SR-30: a count that has not grown is refused, and the user is told', async () => {
    const passkey = await givenPasskey(app);
    const { options, send } = await givenPasskeySignIn(app);
    await send(passkey.authenticator.get(options, pages.customers, { counter: 9 }));
    const next = await givenPasskeySignIn(app);
    const copy = passkey.authenticator.get(next.options, pages.customers, { counter: 9 });
    await expect(next.send(copy)).rejects.toMatchObject(wrong);
    expect((await toldOf(app, passkey.userId)).slice(-4)).toEqual([
      'events mfa.passkey_clone_suspected.v1',
      'audit mfa.passkey.clone_suspected',
      'deliveries passkey-copied',
      'audit mfa.challenge.failed',
    ]);
  });
});
