import { uuidv7 } from '@bank/domain';
import { DeviceService, RiskVerdict } from '@bank/proto/device';
import { timestampFromDate } from '@bufbuild/protobuf/wkt';
import { describe, expect, test } from 'vitest';
import { assessSignIn } from '#features/sign-in/assess-sign-in.ts';
import { auth, deviceApp } from './device-app.ts';
import { givenDevice } from './given-device.ts';

const app = await deviceApp();

function attempt(facts: { userId?: string; knownDeviceId?: string } = {}) {
  return { attemptId: uuidv7(), userId: uuidv7(), clientId: 'web', clientAddress: '203.0.113.7', ...facts };
}

describe('AssessSignIn', () => {
  test('finds next to nothing against a device of the user, and nothing when the user trusts it', async () => {
    const client = await app.client(DeviceService, auth);
    const userId = uuidv7();
    const knownDeviceId = await givenDevice(app.ctx, userId);
    const known = await client.assessSignIn(attempt({ userId, knownDeviceId }));
    expect(known).toMatchObject({ verdict: RiskVerdict.ALLOW, score: 5, reasons: ['device.untrusted'] });
    expect(known.deviceTrustedAt).toBeUndefined();
    const trustedAt = new Date('2026-03-01T12:00:00Z');
    await app.database.query('update device.devices set trusted_at = $2 where id = $1', [knownDeviceId, trustedAt]);
    const trusted = await client.assessSignIn(attempt({ userId, knownDeviceId }));
    const deviceTrustedAt = timestampFromDate(trustedAt);
    expect(trusted).toMatchObject({ verdict: RiskVerdict.ALLOW, score: 0, reasons: [], deviceTrustedAt });
  });

  test('takes a device that auth knows and nobody has told of yet for a known one', async () => {
    const client = await app.client(DeviceService, auth);
    const answer = await client.assessSignIn(attempt({ knownDeviceId: uuidv7() }));
    expect(answer).toMatchObject({ verdict: RiskVerdict.ALLOW, score: 5 });
  });

  test('answers a decoy like a user on an unknown device', async () => {
    const client = await app.client(DeviceService, auth);
    const userId = uuidv7();
    await givenDevice(app.ctx, userId);
    const answers = await Promise.all([client.assessSignIn(attempt({ userId })), client.assessSignIn(attempt())]);
    for (const answer of answers) {
      expect(answer).toMatchObject({ verdict: RiskVerdict.ALLOW, score: 20, reasons: ['device.unknown'] });
    }
  });

  test('asks for more proof on a device that its user removed', async () => {
    const client = await app.client(DeviceService, auth);
    const userId = uuidv7();
    const knownDeviceId = await givenDevice(app.ctx, userId);
    const gone = 'update device.devices set trusted_at = now(), removed_at = now() where id = $1';
    await app.database.query(gone, [knownDeviceId]);
    const answer = await client.assessSignIn(attempt({ userId, knownDeviceId }));
    expect(answer).toMatchObject({ verdict: RiskVerdict.CHALLENGE, reasons: ['device.removed'] });
    expect(answer.deviceTrustedAt).toBeUndefined();
  });

  test('gives one attempt one assessment', async () => {
    const client = await app.client(DeviceService, auth);
    const facts = attempt();
    const [first, second] = await Promise.all([client.assessSignIn(facts), client.assessSignIn(facts)]);
    expect(first).toEqual(second);
  });

  test.each([
    ['userId', { userId: "' or 1=1 --" }],
    ['attemptId', { attemptId: '' }],
    ['knownDeviceId', { knownDeviceId: 'x' }],
  ])('refuses a %s that is none', async (path, change) => {
    const client = await app.client(DeviceService, auth);
    await expect(client.assessSignIn({ ...attempt(), ...change })).rejects.toMatchObject({
      code: 'request.invalid',
      details: { errors: [expect.objectContaining({ path })] },
    });
  });
});

describe('SR-68: who may ask', () => {
  test('no app that the caller table does not list', async () => {
    const client = await app.client(DeviceService, 'spiffe://bank/app/profile');
    await expect(client.assessSignIn(attempt())).rejects.toMatchObject({
      cause: { rawMessage: 'The calling service may not use this method.' },
    });
  });

  test('nobody but auth, whatever the table says', async () => {
    const tools = { kind: 'service', name: 'tools' } as const;
    const forbidden = expect.objectContaining({ code: 'access.forbidden' });
    await expect(assessSignIn(app.ctx, tools, attempt())).rejects.toEqual(forbidden);
  });
});
