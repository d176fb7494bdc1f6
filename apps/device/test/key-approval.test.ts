import { randomBytes } from 'node:crypto';
import { request } from '@bank/composition/testing';
import { uuidv7 } from '@bank/domain';
import { DeviceService } from '@bank/proto/device';
import { deviceKey, raceOf, winners } from '@bank/testing';
import type { Client } from '@connectrpc/connect';
import { beforeAll, describe, expect, test } from 'vitest';
import { admin, auth, deviceApp, staffToken, toldOf } from './device-app.ts';
import { answerOf, askedOf, givenKey, givenOwner, putKey } from './key-of.ts';

const app = await deviceApp();
let client: Client<typeof DeviceService>;
beforeAll(async () => {
  client = await app.client(DeviceService, auth);
});

/** A user whose device has a key, and a transaction that is to be approved with it. */
async function given() {
  const owner = await givenOwner(app);
  const key = await givenKey(app, owner);
  const binding = { userId: owner.userId, sessionId: owner.sessionId, deviceId: owner.id };
  const payloadDigest = randomBytes(32);
  const { challengeId, challenge } = await client.startKeyApproval({ ...binding, payloadDigest });
  const lines = (digest: Uint8Array) => [
    'user-service.device-key.approve.v1',
    owner.id,
    Buffer.from(challenge).toString('base64url'),
    Buffer.from(digest).toString('base64url'),
  ];
  const signatureOver = (digest: Uint8Array, signer = key) =>
    new Uint8Array(Buffer.from(signer.sign(...lines(digest)), 'base64url'));
  return { owner, key, binding, payloadDigest, challengeId, challenge, signatureOver };
}

const codeOf = (answer: Promise<unknown>) =>
  answer.then(
    () => 'approved',
    ({ code }) => code,
  );

describe('StartKeyApproval', () => {
  test('32 bytes and five minutes for a device that has a key', async () => {
    const { binding, challenge } = await given();
    expect(challenge).toHaveLength(32);
    const payloadDigest = randomBytes(32);
    const { expiresAt } = await client.startKeyApproval({ ...binding, payloadDigest });
    expect(Number(expiresAt?.seconds) - Date.now() / 1000).toBeGreaterThan(290);
  });

  test('none for a device without a key, a missing one, and one of another user', async () => {
    const { owner } = await given();
    const [bare, payloadDigest] = [await givenOwner(app), randomBytes(32)];
    for (const about of [
      { userId: bare.userId, deviceId: bare.id },
      { userId: bare.userId, deviceId: owner.id },
      { userId: uuidv7(), deviceId: uuidv7() },
    ]) {
      const started = client.startKeyApproval({ ...about, sessionId: uuidv7(), payloadDigest });
      expect(await codeOf(started)).toBe('device.key.not_found');
    }
  });

  test('refuses a digest that is none', async () => {
    const { binding } = await given();
    for (const length of [0, 31, 33]) {
      const started = client.startKeyApproval({ ...binding, payloadDigest: new Uint8Array(length) });
      expect(await codeOf(started)).toBe('request.invalid');
    }
  });
});

describe('SR-63: VerifyKeyApproval', () => {
  test.each(['ES256', 'EdDSA'] as const)('takes what a key for %s has signed, once', async (algorithm) => {
    const owner = await givenOwner(app);
    const key = await givenKey(app, owner, deviceKey(algorithm));
    const binding = { userId: owner.userId, sessionId: owner.sessionId, deviceId: owner.id };
    const payloadDigest = randomBytes(32);
    const { challengeId, challenge } = await client.startKeyApproval({ ...binding, payloadDigest });
    const text = [challenge, payloadDigest].map((bytes) => Buffer.from(bytes).toString('base64url'));
    const signature = Buffer.from(key.sign('user-service.device-key.approve.v1', owner.id, ...text), 'base64url');
    const answer = { ...binding, challengeId, signature: new Uint8Array(signature) };
    expect(await codeOf(client.verifyKeyApproval(answer))).toBe('approved');
    expect((await toldOf(app, owner.userId)).at(-1)).toBe('audit device.key.used');
    expect(await codeOf(client.verifyKeyApproval(answer))).toBe('challenge.not_found');
  });

  test('refuses a signature over another payload, and uses the challenge up', async () => {
    const { owner, binding, challengeId, payloadDigest, signatureOver } = await given();
    const wrong = { ...binding, challengeId, signature: signatureOver(randomBytes(32)) };
    expect(await codeOf(client.verifyKeyApproval(wrong))).toBe('device.key.unproven');
    expect((await toldOf(app, owner.userId)).at(-1)).toBe('audit device.key.failed');
    const right = { ...binding, challengeId, signature: signatureOver(payloadDigest) };
    expect(await codeOf(client.verifyKeyApproval(right))).toBe('challenge.not_found');
  });

  test('refuses what another key has signed, and what was signed to bind one', async () => {
    const other = await given();
    const signature = other.signatureOver(other.payloadDigest, deviceKey());
    const { binding, challengeId } = other;
    expect(await codeOf(client.verifyKeyApproval({ ...binding, challengeId, signature }))).toBe('device.key.unproven');
    const { owner, key, ...more } = await given();
    const binds = key.sign(
      'user-service.device-key.bind.v1',
      owner.id,
      Buffer.from(more.challenge).toString('base64url'),
      Buffer.from(more.payloadDigest).toString('base64url'),
    );
    const answer = { ...more.binding, challengeId: more.challengeId, signature: Buffer.from(binds, 'base64url') };
    expect(await codeOf(client.verifyKeyApproval(answer))).toBe('device.key.unproven');
  });

  test('answers nothing of another user, session or device, and leaves it as it is', async () => {
    const { binding, challengeId, payloadDigest, signatureOver } = await given();
    const signature = signatureOver(payloadDigest);
    for (const other of [{ userId: uuidv7() }, { sessionId: uuidv7() }, { deviceId: uuidv7() }]) {
      const answer = client.verifyKeyApproval({ ...binding, ...other, challengeId, signature });
      expect(await codeOf(answer)).toBe('challenge.not_found');
    }
    expect(await codeOf(client.verifyKeyApproval({ ...binding, challengeId, signature }))).toBe('approved');
  });

  test('SR-63: what one key was asked to approve is not approved by the next, removed or replaced', async () => {
    const replaced = await given();
    const asked = await askedOf(app, replaced.owner);
    const [next, next2] = [deviceKey(), deviceKey()];
    const answer = answerOf(replaced.owner, asked, next, replaced.key);
    expect((await putKey(app, replaced.owner, asked.etag, answer)).status).toBe(200);
    const removed = await given();
    const { token, id } = removed.owner;
    await request(app.service, 'DELETE', `/v1/devices/${id}/key`, { token, headers: { 'if-match': '"v2"' } });
    await givenKey(app, removed.owner, next2);
    for (const [{ binding, challengeId, payloadDigest, signatureOver }, signer] of [
      [replaced, next],
      [removed, next2],
    ] as const) {
      const signature = signatureOver(payloadDigest, signer);
      expect(await codeOf(client.verifyKeyApproval({ ...binding, challengeId, signature }))).toBe(
        'challenge.not_found',
      );
    }
  });

  test('answers nothing after its time, for an older question, and for a key that is gone', async () => {
    const expired = await given();
    const end = 'update device.key_challenges set expires_at = now() where user_id = $1';
    await app.database.query(end, [expired.owner.userId]);
    const older = await given();
    await client.startKeyApproval({ ...older.binding, payloadDigest: older.payloadDigest });
    const gone = await given();
    const { token, id } = gone.owner;
    await request(app.service, 'DELETE', `/v1/devices/${id}/key`, { token, headers: { 'if-match': '"v2"' } });
    for (const { binding, challengeId, payloadDigest, signatureOver } of [expired, older, gone]) {
      const answer = { ...binding, challengeId, signature: signatureOver(payloadDigest) };
      expect(await codeOf(client.verifyKeyApproval(answer))).toBe('challenge.not_found');
    }
  });

  test('a key that was replaced signs no more', async () => {
    const { owner, key, binding, payloadDigest } = await given();
    const asked = await askedOf(app, owner);
    await putKey(app, owner, asked.etag, answerOf(owner, asked, deviceKey(), key));
    const { challengeId, challenge } = await client.startKeyApproval({ ...binding, payloadDigest });
    const text = [challenge, payloadDigest].map((bytes) => Buffer.from(bytes).toString('base64url'));
    const signature = Buffer.from(key.sign('user-service.device-key.approve.v1', owner.id, ...text), 'base64url');
    const answer = { ...binding, challengeId, signature };
    expect(await codeOf(client.verifyKeyApproval(answer))).toBe('device.key.unproven');
  });

  test('sixteen at once, twenty times: one is taken', { timeout: 60_000 }, async () => {
    for (let round = 0; round < 20; round += 1) {
      const { owner, binding, challengeId, payloadDigest, signatureOver } = await given();
      const answer = { ...binding, challengeId, signature: signatureOver(payloadDigest) };
      const outcomes = await raceOf(16, () => client.verifyKeyApproval(answer));
      expect(winners(outcomes)).toHaveLength(1);
      const used = (await toldOf(app, owner.userId)).filter((what) => what === 'audit device.key.used');
      expect(used).toHaveLength(1);
    }
  });

  test('beside the removal of its key, twenty times: one comes first, and neither breaks', {
    timeout: 60_000,
  }, async () => {
    for (let round = 0; round < 20; round += 1) {
      const { owner, binding, challengeId, payloadDigest, signatureOver } = await given();
      const answer = { ...binding, challengeId, signature: signatureOver(payloadDigest) };
      const { token, id } = owner;
      const remove = () =>
        request(app.service, 'DELETE', `/v1/devices/${id}/key`, { token, headers: { 'if-match': '"v2"' } });
      const [approved, removed] = await Promise.all([codeOf(client.verifyKeyApproval(answer)), remove()]);
      expect(['approved', 'challenge.not_found']).toContain(approved);
      expect(removed.status).toBe(204);
    }
  });
});

test('SR-67, SR-68: nobody but auth', async () => {
  const { binding, challengeId } = await given();
  const other = await app.client(DeviceService, admin);
  const headers = { 'bank-user-token': staffToken(app) };
  const calls = [
    other.startKeyApproval({ ...binding, payloadDigest: randomBytes(32) }, { headers }),
    other.verifyKeyApproval({ ...binding, challengeId, signature: randomBytes(64) }, { headers }),
  ];
  const refused = { cause: { rawMessage: 'The calling service may not use this method.' } };
  await Promise.all(calls.map((call) => expect(call).rejects.toMatchObject(refused)));
});
