import { request } from '@bank/composition/testing';
import { audiences, uuidv7 } from '@bank/domain';
import { ChallengePurpose, FactorType, MfaService } from '@bank/proto/mfa';
import { softwareAuthenticator } from '@bank/testing/webauthn';
import { describe, expect, test } from 'vitest';
import { auth, givenEnrolled, mfaApp, pages, toldOf } from './mfa-app.ts';
import {
  bytesOf,
  givenPasskey,
  givenPasskeyChallenge,
  passkeyToken,
  toJson,
  toMessage,
  type WithPasskey,
} from './passkeys.ts';

const app = mfaApp();

const wrong = { code: 'auth.second_factor.invalid' };

async function credentialOf({ factorId }: WithPasskey) {
  const sql = 'select counter::integer as counter, is_backed_up from mfa.webauthn_credentials where factor_id = $1';
  return (await app.database.query<{ counter: number; is_backed_up: boolean }>(sql, [factorId]))[0];
}

describe('StartChallenge', () => {
  test('SR-30: a passkey is asked for by name, with 32 random bytes, and its user verified', async () => {
    const passkey = await givenPasskey(app);
    const first = await givenPasskeyChallenge(app, passkey);
    expect(first.options).toEqual({
      challenge: expect.any(String),
      rpId: 'bank.test',
      allowCredentials: [{ id: passkey.id, type: 'public-key', transports: ['usb'] }],
      userVerification: 'required',
      timeout: 300_000,
    });
    expect(bytesOf(first.options.challenge)).toHaveLength(32);
    expect((await givenPasskeyChallenge(app, passkey)).options.challenge).not.toBe(first.options.challenge);
  });

  test('an authenticator app needs no options', async () => {
    const { userId, factorId } = await givenEnrolled(app);
    const client = await app.client(MfaService, auth);
    const asked = { userId, factorId, purpose: ChallengePurpose.SIGN_IN, bindingId: uuidv7() };
    expect((await client.startChallenge(asked)).options).toBeUndefined();
  });
});

describe('SR-14: a passkey', () => {
  const transaction = { transactionText: 'EUR 1.00 to Ada', transactionDigest: new Uint8Array(32) };
  const countsOf = async ({ userId }: WithPasskey) =>
    (
      await app.database.query<{ failures: number; session_failures: number }>(
        'select failures, session_failures from mfa.subjects where user_id = $1',
        [userId],
      )
    )[0];

  test('SR-25: is asked for and taken while wrong codes block the user, and lifts none of their blocks', async () => {
    const passkey = await givenPasskey(app);
    await app.database.query(
      `update mfa.subjects set failures = 12, blocked_until = $2, session_failures = 12, session_blocked_until = $2
        where user_id = $1`,
      [passkey.userId, new Date(Date.now() + 3_600_000)],
    );
    await (await givenPasskeyChallenge(app, passkey)).answer();
    await (await givenPasskeyChallenge(app, passkey, { transaction })).answer();
    expect(await countsOf(passkey)).toEqual({ failures: 12, session_failures: 12 });
  });

  test('that is wrong counts against nobody, and is told all the same', async () => {
    const passkey = await givenPasskey(app);
    for (let tries = 0; tries < 11; tries += 1) {
      const { answer } = await givenPasskeyChallenge(app, passkey, { transaction });
      await expect(answer({ flags: { uv: false } })).rejects.toMatchObject(wrong);
    }
    expect(await countsOf(passkey)).toEqual({ failures: 0, session_failures: 0 });
    const told = (await toldOf(app, passkey.userId)).filter((what) => /failed|blocked/.test(what));
    expect(told).toHaveLength(22);
    expect(told).toEqual(expect.arrayContaining(['events mfa.challenge_failed.v1', 'audit mfa.challenge.failed']));
  });
});

describe('VerifyChallenge', () => {
  test.each(['ES256', 'EdDSA', 'RS256'] as const)(
    'accepts an assertion of %s, and remembers its use',
    async (algorithm) => {
      const passkey = await givenPasskey(app, { algorithm });
      const { answer } = await givenPasskeyChallenge(app, passkey);
      expect(await answer()).toMatchObject({
        type: FactorType.WEBAUTHN,
        passkey: { userVerified: true, deviceBound: true, attested: false },
      });
      expect(await credentialOf(passkey)).toEqual({ counter: 2, is_backed_up: false });
      const { body } = await request(app.service, 'GET', `/v1/mfa/factors/${passkey.factorId}`, {
        token: app.issuer.token({ userId: passkey.userId }),
      });
      expect(body).toMatchObject({ lastUsedAt: expect.any(String) });
      expect((await toldOf(app, passkey.userId)).at(-1)).toBe('audit mfa.challenge.passed');
    },
  );

  test('a step-up asks for it as well; a session for staff takes it from pages of staff alone', async () => {
    const passkey = await givenPasskey(app);
    const client = await app.client(MfaService, auth);
    const binding = { userId: passkey.userId, purpose: ChallengePurpose.STEP_UP, bindingId: uuidv7() };
    for (const [origin, isAccepted] of [
      [pages.customers, false],
      [pages.staff, true],
    ] as const) {
      const { challengeId, options } = await client.startChallenge({ ...binding, factorId: passkey.factorId });
      const assertion = toMessage(passkey.authenticator.get(toJson(options), origin));
      const proof = { case: 'answer', value: { challengeId, assertion } } as const;
      const verified = client.verifyChallenge({ ...binding, audience: audiences.staff, proof });
      if (isAccepted) await verified;
      else await expect(verified).rejects.toMatchObject(wrong);
    }
  });

  test('SR-30: no audience, no page', async () => {
    const { send, assert } = await givenPasskeyChallenge(app, await givenPasskey(app));
    await expect(send(assert(), { audience: '' })).rejects.toMatchObject(wrong);
  });

  test('SR-30: a challenge is good for one answer, right or wrong', async () => {
    const passkey = await givenPasskey(app);
    const spoilt = await givenPasskeyChallenge(app, passkey);
    await expect(spoilt.answer({ flags: { uv: false } })).rejects.toMatchObject(wrong);
    await expect(spoilt.answer()).rejects.toMatchObject(wrong);
    const passed = await givenPasskeyChallenge(app, passkey);
    const assertion = passed.assert();
    await passed.send(assertion);
    await expect(passed.send(assertion)).rejects.toMatchObject({ code: 'challenge.not_found' });
  });

  test('SR-30: an assertion for one challenge answers no other', async () => {
    const passkey = await givenPasskey(app);
    const [first, second] = [await givenPasskeyChallenge(app, passkey), await givenPasskeyChallenge(app, passkey)];
    await expect(second.send(first.assert())).rejects.toMatchObject(wrong);
  });

  test('SR-24: another user, purpose, or sign-in; a code in place of an assertion', async () => {
    const passkey = await givenPasskey(app);
    const { send, assert, challengeId, binding, client } = await givenPasskeyChallenge(app, passkey);
    const gone = { code: 'challenge.not_found' };
    const other = await givenPasskey(app);
    for (const changes of [{ userId: other.userId }, { purpose: ChallengePurpose.STEP_UP }, { bindingId: uuidv7() }]) {
      await expect(send(assert(), changes)).rejects.toMatchObject(gone);
    }
    const code = { case: 'answer', value: { challengeId, code: '123456' } } as const;
    await expect(client.verifyChallenge({ ...binding, proof: code })).rejects.toMatchObject(wrong);
    await expect(send(assert(), {})).resolves.toBeDefined();
  });

  test('an expired challenge is refused while its row is still there', async () => {
    const { answer, challengeId } = await givenPasskeyChallenge(app, await givenPasskey(app));
    await app.database.query('update mfa.webauthn_challenges set expires_at = now() where id = $1', [challengeId]);
    await expect(answer()).rejects.toMatchObject(wrong);
  });

  test('SR-30: a count that has not grown is refused, and everybody is told', async () => {
    const passkey = await givenPasskey(app);
    await (await givenPasskeyChallenge(app, passkey)).answer({ counter: 9 });
    for (const counter of [9, 8, 0]) {
      const { answer } = await givenPasskeyChallenge(app, passkey);
      await expect(answer({ counter })).rejects.toMatchObject(wrong);
    }
    expect(await credentialOf(passkey)).toMatchObject({ counter: 9 });
    const told = await toldOf(app, passkey.userId);
    for (const what of [
      'events mfa.passkey_clone_suspected.v1',
      'audit mfa.passkey.clone_suspected',
      'deliveries passkey-copied',
    ]) {
      expect(told.filter((one) => one === what)).toHaveLength(3);
    }
    await (await givenPasskeyChallenge(app, passkey)).answer({ counter: 10 });
    expect(await credentialOf(passkey)).toMatchObject({ counter: 10 });
  });

  test('one that does not count is accepted each time; whether it is backed up is kept up to date', async () => {
    const passkey = await givenPasskey(app, { isSynced: true });
    for (const bs of [false, true]) {
      const accepted = await (await givenPasskeyChallenge(app, passkey)).answer({ flags: { bs } });
      expect(accepted.passkey).toMatchObject({ deviceBound: false });
      expect(await credentialOf(passkey)).toEqual({ counter: 0, is_backed_up: bs });
    }
  });

  test('SR-35: it is of no use once it is removed', async () => {
    const passkey = await givenPasskey(app);
    const { answer } = await givenPasskeyChallenge(app, passkey);
    const removed = await request(app.service, 'DELETE', `/v1/mfa/factors/${passkey.factorId}`, {
      token: passkeyToken(app, passkey),
      headers: { 'if-match': passkey.etag },
    });
    expect(removed.status).toBe(204);
    await expect(answer()).rejects.toMatchObject({ code: 'challenge.not_found' });
    expect(await credentialOf(passkey)).toBeUndefined();
    // The same authenticator may be enrolled once more.
    await givenPasskey(app, { userId: passkey.userId, authenticator: softwareAuthenticator() });
  });
});
