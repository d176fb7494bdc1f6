import { publishEvents, request } from '@bank/composition/testing';
import { uuidv7 } from '@bank/domain';
import { encodeEvent, FactorRemovedSchema, FactorsResetSchema, PasswordChangedSchema } from '@bank/proto/events';
import { FactorType } from '@bank/proto/mfa';
import { until } from '@bank/testing';
import { timestampFromDate } from '@bufbuild/protobuf/wkt';
import { describe, expect, test } from 'vitest';
import { deviceApp, toldOf } from './device-app.ts';
import { givenDevice } from './given-device.ts';

const app = await deviceApp();

const minuteAgo = () => new Date(Date.now() - 60_000);

async function givenTrusted(userId: string, trustedAt = new Date(Date.now() - 1000)): Promise<string> {
  const id = await givenDevice(app.ctx, userId);
  await app.database.query('update device.devices set trusted_at = $2 where id = $1', [id, trustedAt]);
  return id;
}

async function trustedOf(userId: string): Promise<string[]> {
  const sql = 'select id from device.devices where user_id = $1 and trusted_at is not null order by id';
  return (await app.database.query<{ id: string }>(sql, [userId])).map(({ id }) => id);
}

const changes = {
  'auth.password_changed.v1': {
    by: 'auth',
    about: (userId: string, at: Date) =>
      encodeEvent(PasswordChangedSchema, { userId, byReset: true, changedAt: timestampFromDate(at) }),
  },
  'mfa.factor_removed.v1': {
    by: 'mfa',
    about(userId: string, at: Date) {
      const facts = { userId, factorId: uuidv7(), type: FactorType.TOTP };
      return encodeEvent(FactorRemovedSchema, { ...facts, removedAt: timestampFromDate(at) });
    },
  },
  'mfa.factors_reset.v1': {
    by: 'mfa',
    about: (userId: string, at: Date) => encodeEvent(FactorsResetSchema, { userId, resetAt: timestampFromDate(at) }),
  },
} as const;

describe.each(Object.entries(changes))('SR-35: %s', (_type, { by, about }) => {
  test('ends the trust in every device of the user, once, and in no other', async () => {
    const [userId, neighbour] = [uuidv7(), uuidv7()];
    await givenTrusted(userId);
    await givenTrusted(userId);
    const theirs = await givenTrusted(neighbour);
    const message = { id: uuidv7(), subject: userId, ...about(userId, new Date()) };
    await publishEvents(app, by, [message, message]);
    await until(async () => (await trustedOf(userId)).length === 0);
    await until(async () => (await app.broker.depth('device.events')) === 0);
    const told = (await toldOf(app, userId)).filter((what) => /untrusted/.test(what));
    expect(told.toSorted()).toEqual([
      'audit device.untrusted',
      'audit device.untrusted',
      'events device.untrusted.v1',
      'events device.untrusted.v1',
    ]);
    expect(await trustedOf(neighbour)).toEqual([theirs]);
  });

  test('that arrives late leaves what was trusted since', async () => {
    const userId = uuidv7();
    const before = await givenTrusted(userId, minuteAgo());
    const since = await givenTrusted(userId);
    const changed = new Date(Date.now() - 30_000);
    await publishEvents(app, by, [{ id: uuidv7(), subject: userId, ...about(userId, changed) }]);
    await until(async () => !(await trustedOf(userId)).includes(before));
    expect(await trustedOf(userId)).toEqual([since]);
  });

  test('that arrives late leaves the trust that its user has renewed since', async () => {
    const userId = uuidv7();
    const [before, renewed] = [await givenTrusted(userId, minuteAgo()), await givenTrusted(userId, minuteAgo())];
    const token = app.issuer.token({ userId, acr: 'aal2' });
    const changed = new Date(Date.now() - 30_000);
    expect((await request(app.service, 'POST', `/v1/devices/${renewed}/trust`, { token })).status).toBe(200);
    await publishEvents(app, by, [{ id: uuidv7(), subject: userId, ...about(userId, changed) }]);
    await until(async () => !(await trustedOf(userId)).includes(before));
    expect(await trustedOf(userId)).toEqual([renewed]);
  });
});
