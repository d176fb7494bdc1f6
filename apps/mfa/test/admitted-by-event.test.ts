import { publishEvents, untilDeadLettered } from '@bank/composition/testing';
import { uuidv7 } from '@bank/domain';
import { encodeEvent, UserActivatedSchema } from '@bank/proto/events';
import { until } from '@bank/testing';
import { timestampFromDate } from '@bufbuild/protobuf/wkt';
import { expect, test } from 'vitest';
import { mfaApp } from './mfa-app.ts';

const app = mfaApp();

function activated(userId: string, at: string) {
  const activatedAt = timestampFromDate(new Date(at));
  return { id: uuidv7(), subject: userId, ...encodeEvent(UserActivatedSchema, { userId, activatedAt }) };
}

test('SR-89: user.activated.v1 admits a user once, however often it comes', async () => {
  const userId = uuidv7();
  const first = activated(userId, '2026-11-01T00:00:00Z');
  await publishEvents(app, 'auth', [first, first]);
  const subjects = () => app.database.query('select activated_at from mfa.subjects where user_id = $1', [userId]);
  await until(async () => (await subjects()).length === 1);

  const again = activated(userId, '2026-11-02T00:00:00Z');
  await publishEvents(app, 'auth', [again]);
  const handled = () => app.database.query('select 1 from mfa.inbox where message_id = $1', [again.id]);
  await until(async () => (await handled()).length === 1 && (await app.broker.depth('mfa.events')) === 0);
  expect(await subjects()).toEqual([{ activated_at: new Date('2026-11-01T00:00:00Z') }]);
  const keys = await app.database.query('select key_class from mfa.data_keys where user_id = $1 order by 1', [userId]);
  expect(keys).toEqual([{ key_class: 'erasable' }, { key_class: 'retained' }]);
});

test('an activation without a time goes to the dead letters', async () => {
  const { data, ...event } = activated(uuidv7(), '2026-11-01T00:00:00Z');
  await publishEvents(app, 'auth', [{ ...event, data: { ...data, activatedAt: null } }]);
  await untilDeadLettered(app, 'mfa.events');
});
