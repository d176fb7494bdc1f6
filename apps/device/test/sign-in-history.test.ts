import { keepDeliveries, messagesTo, publishEvents } from '@bank/composition/testing';
import { uuidv7 } from '@bank/domain';
import { encodeEvent, SignInSucceededSchema } from '@bank/proto/events';
import { raceOf, until } from '@bank/testing';
import { timestampFromDate } from '@bufbuild/protobuf/wkt';
import { beforeAll, describe, expect, test } from 'vitest';
import { recordSignIn } from '#features/sign-in/record-sign-in.ts';
import { deviceApp, toldOf } from './device-app.ts';
import { signInFacts } from './given-device.ts';

const app = await deviceApp();
beforeAll(() => keepDeliveries(app, 'device'));

function signIn(overrides: object = {}) {
  return { ...signInFacts(), ...overrides };
}

async function outboxTypes(subject: string): Promise<string[]> {
  const rows = await app.database.query<{ type: string }>(
    'select type from device.outbox where subject = $1 order by id',
    [subject],
  );
  return rows.map(({ type }) => type);
}

describe('a sign-in that auth tells of', () => {
  test('registers the device and tells of it', async () => {
    const facts = signIn();
    await recordSignIn(app.ctx, facts);
    const [device] = await app.database.query('select user_id, platform from device.devices where id = $1', [
      facts.deviceId,
    ]);
    expect(device).toEqual({ user_id: facts.userId, platform: 'ios' });
    expect(await outboxTypes(facts.userId)).toContain('device.registered.v1');
    expect(await outboxTypes(facts.userId)).not.toContain('device.new_sign_in.v1');
  });

  test('SR-20: on a second device is told of as a new sign-in, to the user as well', async () => {
    const facts = signIn();
    await recordSignIn(app.ctx, facts);
    expect(await toldOf(app, facts.userId)).not.toContain('deliveries new-device');
    const second = signIn({ userId: facts.userId });
    await recordSignIn(app.ctx, second);
    await recordSignIn(app.ctx, { ...second, eventId: uuidv7(), sessionId: uuidv7() });
    const told = await toldOf(app, facts.userId);
    expect(told.filter((what) => what === 'events device.new_sign_in.v1')).toHaveLength(1);
    expect(told.filter((what) => what === 'deliveries new-device')).toHaveLength(1);
    const [message] = await messagesTo(app, facts.userId);
    expect(message).toMatchObject({ params: { at: second.signedInAt.toISOString(), device: 'iPhone 17' } });
  });

  test('SR-20: on a first device is told of where a password alone did it, as after an import', async () => {
    const facts = signIn({ amr: ['pwd'] });
    await recordSignIn(app.ctx, facts);
    await recordSignIn(app.ctx, { ...facts, eventId: uuidv7(), sessionId: uuidv7() });
    const told = await toldOf(app, facts.userId);
    expect(told.filter((what) => what === 'events device.new_sign_in.v1')).toHaveLength(1);
    expect(told.filter((what) => what === 'deliveries new-device')).toHaveLength(1);
  });

  test('on a new device is told of although all others were removed', async () => {
    const facts = signIn();
    await recordSignIn(app.ctx, facts);
    await app.database.query('update device.devices set removed_at = now() where user_id = $1', [facts.userId]);
    await recordSignIn(app.ctx, signIn({ userId: facts.userId }));
    expect(await outboxTypes(facts.userId)).toContain('device.new_sign_in.v1');
  });

  test('on two first devices at once makes one of them the new one', async () => {
    const userId = uuidv7();
    await raceOf(8, () => recordSignIn(app.ctx, signIn({ userId })));
    const types = await outboxTypes(userId);
    expect(types.filter((type) => type === 'device.registered.v1')).toHaveLength(8);
    expect(types.filter((type) => type === 'device.new_sign_in.v1')).toHaveLength(7);
  });

  test('on a known device is history alone', async () => {
    const facts = signIn();
    await recordSignIn(app.ctx, facts);
    await recordSignIn(app.ctx, signIn({ userId: facts.userId, deviceId: facts.deviceId }));
    const types = await outboxTypes(facts.userId);
    expect(types.filter((type) => type === 'device.registered.v1')).toHaveLength(1);
    const rows = await app.database.query('select id from device.sign_ins where user_id = $1', [facts.userId]);
    expect(rows).toHaveLength(2);
  });

  test("on somebody else's device id leaves that device alone", async () => {
    const facts = signIn();
    await recordSignIn(app.ctx, facts);
    await recordSignIn(app.ctx, signIn({ deviceId: facts.deviceId }));
    const rows = await app.database.query('select user_id from device.devices where id = $1', [facts.deviceId]);
    expect(rows).toEqual([{ user_id: facts.userId }]);
  });

  test('news that come out of order leave the newest', async () => {
    const facts = signIn({ signedInAt: new Date('2026-11-02T00:00:00Z'), appVersion: '2.0.0' });
    await recordSignIn(app.ctx, facts);
    const older = { userId: facts.userId, deviceId: facts.deviceId, appVersion: '1.0.0' };
    await recordSignIn(app.ctx, signIn({ ...older, signedInAt: new Date('2026-11-01T00:00:00Z') }));
    const [device] = await app.database.query('select app_version, last_seen_at from device.devices where id = $1', [
      facts.deviceId,
    ]);
    expect(device).toEqual({ app_version: '2.0.0', last_seen_at: facts.signedInAt });
  });
});

describe('SR-89: the same message twice', () => {
  test('is recorded once', async () => {
    const facts = signIn();
    const event = encodeEvent(SignInSucceededSchema, {
      userId: facts.userId,
      sessionId: facts.sessionId,
      deviceId: facts.deviceId,
      clientId: 'web',
      acr: 'aal1',
      signedInAt: timestampFromDate(facts.signedInAt),
    });
    const message = { id: facts.eventId, subject: facts.userId, ...event };
    await publishEvents(app, 'auth', [message, message]);
    await publishEvents(app, 'auth', [message]);
    const handled = () => app.database.query('select 1 from device.inbox where message_id = $1', [facts.eventId]);
    await until(async () => (await handled()).length === 1 && (await app.broker.depth('device.events')) === 0);
    const rows = await app.database.query('select id from device.sign_ins where user_id = $1', [facts.userId]);
    expect(rows).toEqual([{ id: facts.eventId }]);
  });
});
