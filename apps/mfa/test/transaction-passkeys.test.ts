import { createHash } from 'node:crypto';
import { uuidv7 } from '@bank/domain';
import { ChallengePurpose, FactorType } from '@bank/proto/mfa';
import { describe, expect, test } from 'vitest';
import { mfaApp, pages } from './mfa-app.ts';
import { givenPasskey, givenPasskeyChallenge, type WithPasskey } from './passkeys.ts';

const app = mfaApp();
const transaction = {
  transactionText: 'EUR 150.00 to GB29..6819, Ada Obi',
  transactionDigest: new Uint8Array(createHash('sha256').update('a payment').digest()),
};

const asked = (passkey: WithPasskey) => givenPasskeyChallenge(app, passkey, { transaction });

function bound(nonce: Uint8Array, digest: Uint8Array): string {
  return createHash('sha256').update(nonce).update(digest).digest('base64url');
}

describe('SR-63: a passkey that approves a transaction', () => {
  test('signs SHA-256 of a nonce and the digest of the transaction', async () => {
    const passkey = await givenPasskey(app);
    const questions = [await asked(passkey), await asked(passkey)];
    for (const { options, nonce } of questions) {
      expect(nonce).toHaveLength(32);
      expect(options.challenge).toBe(bound(nonce, transaction.transactionDigest));
    }
    expect(new Set(questions.map(({ options }) => options.challenge)).size).toBe(2);
  });

  test('approves once, that transaction alone', async () => {
    const passkey = await givenPasskey(app);
    const { assert, send } = await asked(passkey);
    const assertion = assert();
    for (const other of [{ bindingId: uuidv7() }, { purpose: ChallengePurpose.STEP_UP }, { userId: uuidv7() }]) {
      await expect(send(assertion, other)).rejects.toMatchObject({ code: 'challenge.not_found' });
    }
    expect(await send(assertion)).toMatchObject({ type: FactorType.WEBAUTHN, passkey: { userVerified: true } });
    await expect(send(assertion)).rejects.toMatchObject({ code: 'challenge.not_found' });
  });

  test('does not by a signature over another transaction, nor over the nonce or the digest alone', async () => {
    const passkey = await givenPasskey(app);
    const others = (nonce: Uint8Array) => [
      bound(nonce, new Uint8Array(32)),
      Buffer.from(nonce).toString('base64url'),
      Buffer.from(transaction.transactionDigest).toString('base64url'),
    ];
    for (const index of others(new Uint8Array()).keys()) {
      const { options, nonce, send } = await asked(passkey);
      const challenge = others(nonce)[index] ?? '';
      const assertion = passkey.authenticator.get({ ...options, challenge }, pages.customers);
      await expect(send(assertion)).rejects.toMatchObject({ code: 'auth.second_factor.invalid' });
    }
  });
});

test('a passkey that is asked for a sign-in signs 32 random bytes, and there is no nonce', async () => {
  const { nonce, options } = await givenPasskeyChallenge(app, await givenPasskey(app));
  expect(nonce).toHaveLength(0);
  expect(Buffer.from(options.challenge, 'base64url')).toHaveLength(32);
});
