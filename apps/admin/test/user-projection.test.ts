import { publishEvents } from '@bank/composition/testing';
import { uuidv7 } from '@bank/domain';
import { encodeEvent, UserActivatedSchema } from '@bank/proto/events';
import { until } from '@bank/testing';
import { timestampFromDate } from '@bufbuild/protobuf/wkt';
import { expect, test } from 'vitest';
import { adminApp } from './admin-app.ts';

const app = adminApp();

test('SR-89: user.activated.v1 adds a user once, however often it comes', async () => {
  const userId = uuidv7();
  const activated = (at: string) => {
    const activatedAt = timestampFromDate(new Date(at));
    return { id: uuidv7(), subject: userId, ...encodeEvent(UserActivatedSchema, { userId, activatedAt }) };
  };
  const first = activated('2026-11-01T00:00:00Z');
  await publishEvents(app, 'auth', [first, first]);
  const users = () => app.database.query('select status, activated_at from admin.users where user_id = $1', [userId]);
  await until(async () => (await users()).length === 1);

  const again = activated('2026-11-02T00:00:00Z');
  await publishEvents(app, 'auth', [again]);
  const handled = () => app.database.query('select 1 from admin.inbox where message_id = $1', [again.id]);
  await until(async () => (await handled()).length === 1);
  expect(await users()).toEqual([{ status: 'active', activated_at: new Date('2026-11-01T00:00:00Z') }]);
});
