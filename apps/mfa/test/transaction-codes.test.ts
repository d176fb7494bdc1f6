import { keepDeliveries, messagesTo } from '@bank/composition/testing';
import { uuidv7 } from '@bank/domain';
import { ChallengePurpose, FactorType, MfaService } from '@bank/proto/mfa';
import { testCertificates } from '@bank/testing';
import { beforeAll, describe, expect, test } from 'vitest';
import { auth, givenEnrolled, ownMfaApp } from './mfa-app.ts';
import { authOfContacts, givenSentCodes, lastCodeOf, waited } from './sent-codes.ts';

const certificates = await testCertificates();
const app = ownMfaApp({ certificates, env: { AUTH_RPC_URL: await authOfContacts(certificates) } });
beforeAll(() => keepDeliveries(app, 'mfa'));

const transactionText = 'EUR 150.00 to GB29..6819, Ada Obi';
const transactionDigest = new Uint8Array(32).fill(7);
const transaction = { transactionText, transactionDigest };
const purpose = ChallengePurpose.TRANSACTION;

/** A user with codes by text who was asked to approve a transaction. */
async function asked() {
  const { userId, factorId } = await givenSentCodes(app, 'sms');
  await waited(app, userId);
  const client = await app.client(MfaService, auth);
  const binding = { userId, purpose, bindingId: uuidv7() };
  const { challengeId, type } = await client.startChallenge({ ...binding, factorId, ...transaction });
  return { client, binding, userId, factorId, challengeId, type, code: await lastCodeOf(app, userId) };
}

const answerOf = (challengeId: string, code: string) =>
  ({ proof: { case: 'answer', value: { challengeId, code } } }) as const;

describe('SR-63: a code that approves a transaction', () => {
  test('comes in a text message that states it', async () => {
    const { userId, type, code } = await asked();
    expect(type).toBe(FactorType.SMS);
    expect((await messagesTo(app, userId)).at(-1)).toMatchObject({
      channel: 'sms',
      template: 'transaction-code',
      params: { code, transaction: transactionText },
    });
  });

  test('is taken once, for that transaction alone', async () => {
    const { client, binding, challengeId, code } = await asked();
    const answer = answerOf(challengeId, code);
    for (const other of [
      { bindingId: uuidv7() },
      { userId: uuidv7() },
      { purpose: ChallengePurpose.STEP_UP },
      { purpose: ChallengePurpose.SIGN_IN },
    ]) {
      await expect(client.verifyChallenge({ ...binding, ...other, ...answer })).rejects.toMatchObject({
        code: 'challenge.not_found',
      });
    }
    expect((await client.verifyChallenge({ ...binding, ...answer })).type).toBe(FactorType.SMS);
    await expect(client.verifyChallenge({ ...binding, ...answer })).rejects.toMatchObject({
      code: 'challenge.not_found',
    });
  });

  test('is dead when another transaction was asked about', async () => {
    const { client, binding, userId, factorId, challengeId, code } = await asked();
    await waited(app, userId);
    await client.startChallenge({
      ...binding,
      bindingId: uuidv7(),
      factorId,
      ...transaction,
      transactionText: 'EUR 1.00 to Bob, 0123',
    });
    await expect(client.verifyChallenge({ ...binding, ...answerOf(challengeId, code) })).rejects.toMatchObject({
      code: 'auth.second_factor.invalid',
    });
  });
});

describe('SR-63: nothing that states no transaction approves one', () => {
  test('not an authenticator app, nor codes by email', async () => {
    const client = await app.client(MfaService, auth);
    for (const { userId, factorId } of [await givenEnrolled(app), await givenSentCodes(app, 'email')]) {
      await waited(app, userId);
      const start = { userId, factorId, purpose, bindingId: uuidv7(), ...transaction };
      await expect(client.startChallenge(start)).rejects.toMatchObject({ code: 'factor.not_found' });
    }
  });

  test('not without its text, nor with one that is too long; and no other purpose has one', async () => {
    const { client, binding, userId, factorId } = await asked();
    await waited(app, userId);
    for (const changes of [
      { transactionText: '' },
      { transactionText: 'x'.repeat(61) },
      { transactionDigest: new Uint8Array() },
      { transactionDigest: new Uint8Array(31) },
      { purpose: ChallengePurpose.STEP_UP },
    ]) {
      await expect(client.startChallenge({ ...binding, factorId, ...transaction, ...changes })).rejects.toMatchObject({
        code: 'request.invalid',
      });
    }
  });
});
