import { publishEvents } from '@bank/composition/testing';
import { uuidv7 } from '@bank/domain';
import { DeviceRemovalReason, DeviceRemovedSchema, encodeEvent } from '@bank/proto/events';
import { raceOf, until } from '@bank/testing';
import { timestampFromDate } from '@bufbuild/protobuf/wkt';
import { describe, expect, it } from 'vitest';
import { forgetDevice } from '#features/session/forget-device.ts';
import { type Account, refresh, register, signIn } from './support/accounts.ts';
import { get } from './support/http.ts';
import { sharedAuth } from './support/shared-auth.ts';

const auth = await sharedAuth();

function removal(account: Account) {
  const data = { userId: account.id, deviceId: account.device.id, reason: DeviceRemovalReason.LIMIT };
  const event = encodeEvent(DeviceRemovedSchema, { ...data, removedAt: timestampFromDate(new Date()) });
  return { id: uuidv7(), subject: account.id, ...event };
}

const statusOf = async (token: string) => (await get(auth, '/v1/auth/session', token)).status;
const knownDevices = (userId: string) =>
  auth.database.query('select id from auth.devices where user_id = $1', [userId]);

/** Sessions on a device that are not ended. */
function liveOn(deviceId: string) {
  const sql = 'select id from auth.sessions where device_id = $1 and revoked_at is null';
  return auth.database.query(sql, [deviceId]);
}

const withSecret = (account: Account) => ({ device: { secret: account.device.secret } });

describe('device.removed.v1', () => {
  it('SR-46, SR-47 ends the sessions of that device within a second, and no others', async () => {
    const [account, neighbour] = [await register(auth), await register(auth)];
    const again = await signIn(auth, account, withSecret(account));
    const elsewhere = await signIn(auth, account);
    await publishEvents(auth, 'device', [removal(account)]);
    for (const token of [account.accessToken, again.body.accessToken]) {
      await until(async () => (await statusOf(token)) === 401, { deadlineMs: 1000, what: 'the token is refused' });
    }
    expect((await refresh(auth, again.body.refreshToken, account.device.secret)).status).toBe(401);
    expect(await statusOf(elsewhere.body.accessToken)).toBe(200);
    expect(await statusOf(neighbour.accessToken)).toBe(200);
    const ended = 'select end_reason from auth.sessions where device_id = $1';
    expect(await auth.database.query(ended, [account.device.id])).toEqual(
      Array(2).fill({ end_reason: 'device_removed' }),
    );
  });

  it('makes the secret of that device unknown: a later sign-in with it is on a new device', async () => {
    const account = await register(auth);
    await publishEvents(auth, 'device', [removal(account)]);
    await until(async () => (await knownDevices(account.id)).length === 0);
    const { status, body } = await signIn(auth, account, withSecret(account));
    expect(status).toBe(200);
    expect(body.device.id).not.toBe(account.device.id);
    expect(body.device.secret).toMatch(/^dv_/);
  });

  it('SR-89 is handled once, however often it comes', async () => {
    const account = await register(auth);
    const message = removal(account);
    await publishEvents(auth, 'device', [message, message]);
    await publishEvents(auth, 'device', [message]);
    const inbox = `select 1 from auth.inbox where message_id = $1 and consumer = 'auth.device-removed'`;
    const handled = () => auth.database.query(inbox, [message.id]);
    await until(async () => (await handled()).length === 1 && (await auth.broker.depth('auth.events')) === 0);
    const audited = await auth.database.query(
      `select 1 from auth.outbox where subject = $1 and data ->> 'action' = 'auth.sessions.revoked'`,
      [account.id],
    );
    expect(audited).toHaveLength(1);
  });
});

it('a removal against sign-ins on that device, twenty times: no session of it is left', {
  timeout: 60_000,
}, async () => {
  for (let round = 0; round < 20; round += 1) {
    const account = await register(auth);
    const { id: userId, device } = account;
    const outcomes = await raceOf(5, async (number) => {
      if (number === 2) return await forgetDevice(auth.ctx, { userId, deviceId: device.id });
      const { status, body } = await signIn(auth, account, withSecret(account));
      expect(status).toBe(200);
      return body.device.id === device.id ? undefined : body.accessToken;
    });
    expect(outcomes.map(({ status }) => status)).toEqual(Array(5).fill('fulfilled'));
    expect(await liveOn(device.id)).toEqual([]);
    expect((await knownDevices(userId)).map(({ id }) => id)).not.toContain(device.id);
    const anew = outcomes.flatMap((outcome) =>
      outcome.status === 'fulfilled' && outcome.value ? [outcome.value] : [],
    );
    for (const token of anew) expect(await statusOf(token)).toBe(200);
  }
});
