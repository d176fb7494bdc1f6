import { publishEvents, untilDeadLettered } from '@bank/composition/testing';
import { uuidv7 } from '@bank/domain';
import { encodeEvent, SignInSucceededSchema } from '@bank/proto/events';
import { until } from '@bank/testing';
import { timestampFromDate } from '@bufbuild/protobuf/wkt';
import { describe, expect, test } from 'vitest';
import { deviceApp } from './device-app.ts';

const app = await deviceApp();

/** What auth tells of a sign-in, in the request that it happened in. */
function signInOf(userId: string, deviceId: string, requestId = uuidv7()) {
  const sessionId = uuidv7();
  const facts = { userId, deviceId, sessionId, clientId: 'web', acr: 'aal1', amr: ['pwd', 'otp'] };
  const event = encodeEvent(SignInSucceededSchema, { ...facts, signedInAt: timestampFromDate(new Date()) });
  return { id: uuidv7(), subject: userId, requestId, ...event };
}

const handled = async (ids: readonly string[]) => {
  const sql = 'select 1 from device.inbox where message_id = any($1)';
  return (await app.database.query(sql, [ids])).length === ids.length;
};

describe('sign-ins that are recorded together', () => {
  test('are recorded once each, every entry of the ledger with the request of its own sign-in', async () => {
    const users = Array.from({ length: 20 }, () => [uuidv7(), uuidv7()] as const);
    const events = users.flatMap(([userId, deviceId]) => Array.from({ length: 3 }, () => signInOf(userId, deviceId)));
    await publishEvents(app, 'auth', [...events, ...events]);
    const ids = events.map(({ id }) => id);
    await until(async () => (await handled(ids)) && (await app.broker.depth('device.events')) === 0);
    const signIns = await app.database.query<{ id: string }>('select id from device.sign_ins where id = any($1)', [
      ids,
    ]);
    expect(signIns.map(({ id }) => id).sort()).toEqual(ids.toSorted());
    const told = await app.database.query<{ action: string; inEntry: string; inRow: string; user: string }>(
      `select data ->> 'action' as action, data ->> 'requestId' as "inEntry", request_id as "inRow", subject as user
        from device.outbox where destination = 'audit' and request_id = any($1)`,
      [events.map(({ requestId }) => requestId)],
    );
    expect(told).toHaveLength(events.length);
    expect(told.every(({ inEntry, inRow }) => inEntry === inRow)).toBe(true);
    const requestsOf = (user: string) => told.filter((entry) => entry.user === user).map(({ inRow }) => inRow);
    for (const [userId] of users) {
      const own = events.filter(({ subject }) => subject === userId).map(({ requestId }) => requestId);
      expect(requestsOf(userId).sort()).toEqual(own.toSorted());
    }
    const actions = told.map(({ action }) => action);
    expect(actions.filter((action) => action === 'device.registered')).toHaveLength(20);
    const sequences = await app.database.query<{ subject: string; sequence: string }>(
      `select subject, sequence from device.outbox where destination = 'events' and subject = any($1)`,
      [users.map(([userId]) => userId)],
    );
    expect(sequences.map(({ sequence }) => Number(sequence))).toEqual(Array(20).fill(1));
  });

  test('two new devices of one user: the first is their first, the second is told of', async () => {
    const userId = uuidv7();
    const [first, second] = [signInOf(userId, uuidv7()), signInOf(userId, uuidv7())];
    await publishEvents(app, 'auth', [first, second]);
    await until(() => handled([first.id, second.id]));
    const types = await app.database.query<{ type: string }>(
      `select type from device.outbox where subject = $1 and destination = 'events' order by sequence`,
      [userId],
    );
    expect(types.map(({ type }) => type)).toEqual([
      'device.registered.v1',
      'device.registered.v1',
      'device.new_sign_in.v1',
    ]);
  });

  test('SR-88: nothing is written about who has been erased meanwhile; the others are recorded', async () => {
    const [erased, other] = [uuidv7(), uuidv7()];
    await app.database.query(
      `insert into device.data_keys (id, user_id, key_class, created_at, destroyed_at) values ($1, $2, 'erasable', now(), now())`,
      [uuidv7(), erased],
    );
    const [late, right] = [signInOf(erased, uuidv7()), signInOf(other, uuidv7())];
    await publishEvents(app, 'auth', [late, right]);
    await until(() => handled([late.id, right.id]));
    const recorded = await app.database.query('select user_id from device.sign_ins where user_id = any($1)', [
      [erased, other],
    ]);
    expect(recorded).toEqual([{ user_id: other }]);
  });

  test('one that cannot be read is set aside alone', async () => {
    const [right, also] = [signInOf(uuidv7(), uuidv7()), signInOf(uuidv7(), uuidv7())];
    const bad = { ...signInOf(uuidv7(), uuidv7()), ...encodeEvent(SignInSucceededSchema, { clientId: 'web' }) };
    await publishEvents(app, 'auth', [right, bad, also]);
    await until(() => handled([right.id, also.id]));
    await untilDeadLettered(app, 'device.events');
    expect(await handled([bad.id])).toBe(false);
  });
});
