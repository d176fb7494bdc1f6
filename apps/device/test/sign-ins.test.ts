import { publishEvents, request, untilDeadLettered } from '@bank/composition/testing';
import { uuidv7 } from '@bank/domain';
import { encodeEvent, SignInFailedSchema, SignInFailureReason } from '@bank/proto/events';
import { until } from '@bank/testing';
import { timestampFromDate } from '@bufbuild/protobuf/wkt';
import { describe, expect, test } from 'vitest';
import { recordFailure } from '#features/sign-in/record-failure.ts';
import { recordSignIn } from '#features/sign-in/record-sign-in.ts';
import { deviceApp } from './device-app.ts';
import { givenDevice, signInFacts } from './given-device.ts';

const app = await deviceApp();
const path = '/v1/devices/sign-ins';

interface History {
  items: { id: string; outcome: string; risk: unknown; reason: string | null; deviceId: string | null }[];
  nextCursor: string | null;
}

async function historyOf(userId: string, query = '', sessionId = uuidv7()): Promise<History> {
  const token = app.issuer.token({ userId, sessionId });
  const { status, body } = await request(app.service, 'GET', `${path}${query}`, { token });
  expect(status).toBe(200);
  return body as History;
}

function failure(userId: string, changes: { deviceId?: string; reason?: string } = {}) {
  return {
    eventId: uuidv7(),
    userId,
    deviceId: '',
    clientId: 'web',
    reason: 'credentials',
    failedAt: new Date(),
    ...changes,
  };
}

describe('GET /v1/devices/sign-ins', () => {
  test('200: successes and failures, the newest first, the one of this session marked', async () => {
    const userId = uuidv7();
    const first = { ...signInFacts(), userId };
    await recordSignIn(app.ctx, first);
    const failed = failure(userId);
    await recordFailure(app.ctx, failed);
    const again = { ...signInFacts(), userId, deviceId: first.deviceId, acr: 'aal2', amr: ['pwd', 'otp', 'mfa'] };
    await recordSignIn(app.ctx, again);
    expect(await historyOf(userId, '', again.sessionId)).toEqual({
      items: [
        {
          id: again.eventId,
          at: again.signedInAt.toISOString(),
          outcome: 'succeeded',
          reason: null,
          deviceId: first.deviceId,
          clientId: 'web',
          acr: 'aal2',
          amr: ['pwd', 'otp', 'mfa'],
          risk: { score: 5, reasons: ['device.untrusted'] },
          current: true,
        },
        {
          id: failed.eventId,
          at: failed.failedAt.toISOString(),
          outcome: 'failed',
          reason: 'credentials',
          deviceId: null,
          clientId: 'web',
          acr: null,
          amr: null,
          risk: { score: 20, reasons: ['device.unknown'] },
          current: false,
        },
        expect.objectContaining({
          id: first.eventId,
          risk: { score: 20, reasons: ['device.unknown'] },
          current: false,
        }),
      ],
      nextCursor: null,
    });
  });

  test('200: page after page by cursor', async () => {
    const userId = uuidv7();
    const ids: string[] = [];
    for (let count = 0; count < 5; count += 1) {
      const failed = failure(userId);
      await recordFailure(app.ctx, failed);
      ids.push(failed.eventId);
    }
    const seen: string[] = [];
    let cursor: string | null = null;
    do {
      const page: History = await historyOf(userId, `?limit=2${cursor === null ? '' : `&cursor=${cursor}`}`);
      seen.push(...page.items.map(({ id }) => id));
      cursor = page.nextCursor;
    } while (cursor !== null);
    // Ids of one millisecond are in no order of time.
    expect(seen).toEqual(ids.toSorted().toReversed());
  });

  test('200: what was recorded before failures were is shown as a success, with nothing made up', async () => {
    const [userId, id] = [uuidv7(), uuidv7()];
    await app.database.query(
      `insert into device.sign_ins (id, user_id, device_id, session_id, client_id, acr, signed_in_at)
       values ($1, $2, $3, $3, 'web', 'aal1', now())`,
      [id, userId, uuidv7()],
    );
    expect((await historyOf(userId)).items).toMatchObject([{ id, outcome: 'succeeded', risk: null, amr: null }]);
  });

  test("SR-65, SR-74: nobody else's, and not by a cursor of another user or list", async () => {
    const userId = uuidv7();
    for (const facts of [failure(userId), failure(userId)]) await recordFailure(app.ctx, facts);
    await givenDevice(app.ctx, userId);
    await givenDevice(app.ctx, userId);
    const { nextCursor } = await historyOf(userId, '?limit=1');
    expect((await historyOf(uuidv7())).items).toEqual([]);
    const token = app.issuer.token();
    expect((await request(app.service, 'GET', `${path}?cursor=${nextCursor}`, { token })).status).toBe(422);
    const own = app.issuer.token({ userId });
    const { body } = await request(app.service, 'GET', '/v1/devices?limit=1', { token: own });
    const { nextCursor: ofDevices } = body as History;
    expect((await request(app.service, 'GET', `${path}?cursor=${ofDevices}`, { token: own })).status).toBe(422);
  });

  test('401 without a token, 405 for another method, 422 for a limit that is none', async () => {
    expect((await request(app.service, 'GET', path)).status).toBe(401);
    const token = app.issuer.token();
    expect((await request(app.service, 'PUT', path, { token, body: {} })).status).toBe(405);
    expect((await request(app.service, 'GET', `${path}?limit=0`, { token })).status).toBe(422);
  });
});

describe('auth.sign_in_failed.v1', () => {
  test('is recorded once, with the known device it came from, which it does not make seen', async () => {
    const userId = uuidv7();
    const deviceId = await givenDevice(app.ctx, userId, { signedInAt: new Date('2026-11-01T00:00:00Z') });
    await app.database.query('update device.devices set trusted_at = now() where id = $1', [deviceId]);
    const facts = { userId, deviceId, clientId: 'web', reason: SignInFailureReason.FACTOR };
    const event = encodeEvent(SignInFailedSchema, { ...facts, failedAt: timestampFromDate(new Date()) });
    const message = { id: uuidv7(), subject: userId, ...event };
    await publishEvents(app, 'auth', [message, message]);
    await publishEvents(app, 'auth', [message]);
    const handled = () => app.database.query('select 1 from device.inbox where message_id = $1', [message.id]);
    await until(async () => (await handled()).length === 1 && (await app.broker.depth('device.events')) === 0);
    const { items } = await historyOf(userId);
    expect(items).toHaveLength(2);
    expect(items[0]).toMatchObject({
      id: message.id,
      outcome: 'failed',
      reason: 'factor',
      deviceId,
      risk: { score: 0, reasons: [] },
    });
    const [row] = await app.database.query('select last_seen_at from device.devices where id = $1', [deviceId]);
    expect(row).toEqual({ last_seen_at: new Date('2026-11-01T00:00:00Z') });
  });

  test('says so where the password was flagged', async () => {
    const userId = uuidv7();
    const facts = { userId, clientId: 'web', reason: SignInFailureReason.COMPROMISED };
    const event = encodeEvent(SignInFailedSchema, { ...facts, failedAt: timestampFromDate(new Date()) });
    await publishEvents(app, 'auth', [{ id: uuidv7(), subject: userId, ...event }]);
    await until(async () => (await historyOf(userId)).items.length === 1);
    expect((await historyOf(userId)).items).toMatchObject([{ outcome: 'failed', reason: 'compromised' }]);
  });

  test('goes to the dead letters without a time', async () => {
    const userId = uuidv7();
    const event = encodeEvent(SignInFailedSchema, { userId, clientId: 'web' });
    await publishEvents(app, 'auth', [{ id: uuidv7(), subject: userId, ...event }]);
    await untilDeadLettered(app, 'device.events');
  });
});
