import { publishEvents } from '@bank/composition/testing';
import { uuidv7 } from '@bank/domain';
import { encodeEvent, FactorRemovedSchema, FactorsResetSchema, PasswordChangedSchema } from '@bank/proto/events';
import { FactorType } from '@bank/proto/mfa';
import { until } from '@bank/testing';
import { timestampFromDate } from '@bufbuild/protobuf/wkt';
import { describe, expect, test } from 'vitest';
import { deviceApp, toldOf } from './device-app.ts';
import { givenKey, givenOwner } from './key-of.ts';

const app = await deviceApp();

/** How many keys a user's devices have. */
async function keysOf(userId: string): Promise<number> {
  return (await app.database.query('select from device.device_keys where user_id = $1', [userId])).length;
}

async function givenKeyOf(userId: string): Promise<void> {
  await givenKey(app, await givenOwner(app, userId));
}

const changes = {
  'auth.password_changed.v1': {
    by: 'auth',
    about: (userId: string, at: Date, byReset: boolean) =>
      encodeEvent(PasswordChangedSchema, { userId, byReset, changedAt: timestampFromDate(at) }),
  },
  'mfa.factor_removed.v1': {
    by: 'mfa',
    about(userId: string, at: Date, removedByStaff: boolean) {
      const facts = { userId, factorId: uuidv7(), type: FactorType.TOTP, removedByStaff };
      return encodeEvent(FactorRemovedSchema, { ...facts, removedAt: timestampFromDate(at) });
    },
  },
  'mfa.factors_reset.v1': {
    by: 'mfa',
    about: (userId: string, at: Date, byStaff: boolean) =>
      encodeEvent(FactorsResetSchema, { userId, byStaff, resetAt: timestampFromDate(at) }),
  },
} as const;

describe.each(Object.entries(changes))('SR-35: %s', (_type, { by, about }) => {
  const message = (userId: string, at: Date, isReset: boolean) => ({
    id: uuidv7(),
    subject: userId,
    ...about(userId, at, isReset),
  });
  const soon = () => new Date(Date.now() + 1000);

  test('by a reset: takes the keys of all devices of the user, once, and no other', async () => {
    const [userId, neighbour] = [uuidv7(), uuidv7()];
    for (const whose of [userId, userId, neighbour]) await givenKeyOf(whose);
    const told = message(userId, soon(), true);
    await publishEvents(app, by, [told, told]);
    await until(async () => (await keysOf(userId)) === 0);
    await until(async () => (await app.broker.depth('device.events')) === 0);
    expect((await toldOf(app, userId)).filter((what) => /key.removed/.test(what)).toSorted()).toEqual([
      'audit device.key.removed',
      'audit device.key.removed',
      'deliveries device-key-removed',
      'events device.key_removed.v1',
      'events device.key_removed.v1',
    ]);
    expect(await keysOf(neighbour)).toBe(1);
    // Two for the key that came, and one for the key that went.
    const devices = await app.database.query('select version from device.devices where user_id = $1', [userId]);
    expect(devices.map(({ version }) => Number(version))).toEqual([3, 3]);
  });

  test('by the user, or one that arrives late: leaves them', async () => {
    const [himself, late, last] = [uuidv7(), uuidv7(), uuidv7()];
    for (const whose of [himself, late, last]) await givenKeyOf(whose);
    const before = new Date(Date.now() - 60_000);
    await publishEvents(app, by, [message(himself, soon(), false), message(late, before, true)]);
    await publishEvents(app, by, [message(last, soon(), true)]);
    await until(async () => (await keysOf(last)) === 0);
    await until(async () => (await app.broker.depth('device.events')) === 0);
    expect([await keysOf(himself), await keysOf(late)]).toEqual([1, 1]);
  });
});
