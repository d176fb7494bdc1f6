import { publishEvents, type TestEvent } from '@bank/composition/testing';
import { uuidv7 } from '@bank/domain';
import { encodeEvent, UserActivatedSchema, UserRolesChangedSchema, UserStatusChangedSchema } from '@bank/proto/events';
import { UserStatus } from '@bank/proto/user';
import { until } from '@bank/testing';
import { timestampFromDate } from '@bufbuild/protobuf/wkt';
import { expect, test } from 'vitest';
import { adminApp } from './admin-app.ts';

const app = adminApp();

function activated(userId: string, at: string) {
  const activatedAt = timestampFromDate(new Date(at));
  return toEvent(userId, encodeEvent(UserActivatedSchema, { userId, activatedAt, roles: ['customer'] }));
}

function statusChanged(userId: string, to: UserStatus, version: bigint) {
  return toEvent(userId, encodeEvent(UserStatusChangedSchema, { userId, to, version }));
}

function rolesChanged(userId: string, to: string[], version: bigint) {
  return toEvent(userId, encodeEvent(UserRolesChangedSchema, { userId, to, version }));
}

function toEvent(userId: string, event: Omit<TestEvent, 'subject'>): TestEvent & { id: string } {
  return { ...event, id: uuidv7(), subject: userId };
}

/** Publishes events one after the other, each handled before the next. */
async function tell(events: readonly (TestEvent & { id: string })[]): Promise<void> {
  for (const event of events) {
    await publishEvents(app, 'auth', [event]);
    const handled = () => app.database.query('select 1 from admin.inbox where message_id = $1', [event.id]);
    await until(async () => (await handled()).length === 1);
  }
}

function rows(userId: string) {
  return app.database.query('select status, roles, activated_at from admin.users where user_id = $1', [userId]);
}

test('SR-89: user.activated.v1 adds a user once, however often it comes', async () => {
  const userId = uuidv7();
  const first = activated(userId, '2026-11-01T00:00:00Z');
  await publishEvents(app, 'auth', [first, first]);
  await until(async () => (await rows(userId)).length === 1);
  await tell([activated(userId, '2026-11-02T00:00:00Z')]);
  expect(await rows(userId)).toEqual([
    { status: 'active', roles: ['customer'], activated_at: new Date('2026-11-01T00:00:00Z') },
  ]);
});

test('the version decides where a user stands, in whatever order it is told', async () => {
  const userId = uuidv7();
  await tell([
    statusChanged(userId, UserStatus.ACTIVE, 4n),
    statusChanged(userId, UserStatus.LOCKED, 2n),
    rolesChanged(userId, ['support'], 3n),
    activated(userId, '2026-11-01T00:00:00Z'),
  ]);
  expect(await rows(userId)).toEqual([
    { status: 'active', roles: ['support'], activated_at: new Date('2026-11-01T00:00:00Z') },
  ]);
  await tell([rolesChanged(userId, ['customer'], 2n), statusChanged(userId, UserStatus.CLOSED, 5n)]);
  expect(await rows(userId)).toMatchObject([{ status: 'closed', roles: ['support'] }]);
});

test('who is erased stays so, whatever is told of before comes after', async () => {
  const userId = uuidv7();
  await tell([
    statusChanged(userId, UserStatus.ERASED, 6n),
    statusChanged(userId, UserStatus.ACTIVE, 2n),
    activated(userId, '2026-11-01T00:00:00Z'),
  ]);
  expect(await rows(userId)).toMatchObject([{ status: 'erased' }]);
});

test('roles told before anything else do not keep the status from being told', async () => {
  const userId = uuidv7();
  await tell([rolesChanged(userId, ['admin'], 3n), statusChanged(userId, UserStatus.LOCKED, 2n)]);
  expect(await rows(userId)).toMatchObject([{ status: 'locked', roles: ['admin'], activated_at: null }]);
});
