import { uuidv7 } from '@bank/domain';
import { losers, raceOf } from '@bank/testing';
import { describe, expect, test } from 'vitest';
import { recordSignIn } from '#features/sign-in/record-sign-in.ts';
import { deviceApp, toldOf } from './device-app.ts';
import { givenDevice, signInFacts } from './given-device.ts';
import { givenKey } from './key-of.ts';

const app = await deviceApp();
const devicesMax = 20;
const day = (number: number) => new Date(Date.UTC(2026, 0, 1 + number));

/** A user with as many devices as there may be, each seen a day after the one before; some of them trusted. */
async function givenFullUser(trusted: readonly number[] = []) {
  const userId = uuidv7();
  const ids: string[] = [];
  for (let number = 0; number < devicesMax; number += 1) {
    const id = await givenDevice(app.ctx, userId, { signedInAt: day(number) });
    if (trusted.includes(number)) {
      await app.database.query('update device.devices set trusted_at = now() where id = $1', [id]);
    }
    ids.push(id);
  }
  return { userId, ids };
}

/** Binds a key to a user's device, in a session that goes on by refreshes alone: the device is seen no later. */
async function bindKeyTo(userId: string, id: string) {
  const sessionId = uuidv7();
  const token = app.issuer.token({ userId, sessionId, deviceId: id, acr: 'aal2' });
  await givenKey(app, { userId, id, sessionId, token });
}

/** Which devices of a user are there, and which are not any more; the oldest id first. */
async function devicesOf(userId: string) {
  const rows = await app.database.query<{ id: string; removed_at: Date | null }>(
    'select id, removed_at from device.devices where user_id = $1 order by id',
    [userId],
  );
  const [live, removed] = [
    rows.filter((row) => row.removed_at === null),
    rows.filter((row) => row.removed_at !== null),
  ];
  return { live: live.map(({ id }) => id), removed: removed.map(({ id }) => id) };
}

/** The devices whose removal was told, and why. */
async function removalsOf(userId: string): Promise<{ deviceId: string; reason: string }[]> {
  const rows = await app.database.query<{ data: { deviceId: string; reason: string } }>(
    `select data from device.outbox where subject = $1 and type = 'device.removed.v1' order by id`,
    [userId],
  );
  return rows.map(({ data }) => data);
}

describe('a device beyond the twentieth', () => {
  test('takes the place of the one longest unseen, and tells auth so', async () => {
    const { userId, ids } = await givenFullUser();
    const added = await givenDevice(app.ctx, userId, { signedInAt: day(50) });
    expect(await devicesOf(userId)).toEqual({ live: [...ids.slice(1), added], removed: ids.slice(0, 1) });
    expect(await removalsOf(userId)).toMatchObject([{ deviceId: ids[0], reason: 'DEVICE_REMOVAL_REASON_LIMIT' }]);
    const told = await toldOf(app, userId);
    expect(told).toContain('audit device.removed');
    expect(told).not.toContain('deliveries device-removed');
  });

  test('SR-31, SR-62: leaves the phone whose key approves, however many sign-ins come from elsewhere', async () => {
    const { userId, ids } = await givenFullUser();
    const [phone = ''] = ids;
    await bindKeyTo(userId, phone);
    for (let number = 0; number < devicesMax; number += 1) {
      await givenDevice(app.ctx, userId, { signedInAt: day(50 + number) });
    }
    const { live, removed } = await devicesOf(userId);
    expect(live).toContain(phone);
    expect(removed).toHaveLength(devicesMax);
    expect(await toldOf(app, userId)).not.toContain('deliveries device-removed');
  });

  test('SR-20: takes the place of one with a key where all are trusted or have one, and the user is told', async () => {
    const { userId, ids } = await givenFullUser(Array.from({ length: devicesMax - 1 }, (_, number) => number + 1));
    const [phone = ''] = ids;
    await bindKeyTo(userId, phone);
    await givenDevice(app.ctx, userId, { signedInAt: day(50) });
    expect((await devicesOf(userId)).removed).toEqual([phone]);
    const told = await toldOf(app, userId);
    expect(told.filter((one) => one === 'deliveries device-removed')).toHaveLength(1);
  });

  test('leaves the trusted ones, while there are others', async () => {
    const { userId, ids } = await givenFullUser([0, 1]);
    await givenDevice(app.ctx, userId, { signedInAt: day(50) });
    expect((await devicesOf(userId)).removed).toEqual(ids.slice(2, 3));
  });

  test('takes the place of a trusted one where all are trusted, and is not removed itself', async () => {
    const { userId, ids } = await givenFullUser(Array.from({ length: devicesMax }, (_, number) => number));
    const added = await givenDevice(app.ctx, userId, { signedInAt: day(-1) });
    const { live, removed } = await devicesOf(userId);
    expect(removed).toEqual(ids.slice(0, 1));
    expect(live).toContain(added);
  });

  test('sixteen at once, twenty times: never more than twenty, and the right ones go', {
    timeout: 120_000,
  }, async () => {
    for (let round = 0; round < 20; round += 1) {
      const { userId, ids } = await givenFullUser([0, 5]);
      const outcomes = await raceOf(16, async (number) => {
        const facts = { ...signInFacts(), userId, signedInAt: day(100 + number) };
        await recordSignIn(app.ctx, facts);
        const { live } = await devicesOf(userId);
        expect(live.length).toBeLessThanOrEqual(devicesMax);
        return facts.deviceId;
      });
      expect(losers(outcomes)).toEqual([]);
      const { live, removed } = await devicesOf(userId);
      const untrusted = ids.filter((_, number) => number !== 0 && number !== 5);
      expect(live).toHaveLength(devicesMax);
      expect(removed).toEqual(untrusted.slice(0, 16));
      expect((await removalsOf(userId)).map(({ deviceId }) => deviceId).toSorted()).toEqual(removed);
    }
  });
});
