import { publishEvents, type TestEvent } from '@bank/composition/testing';
import { uuidv7 } from '@bank/domain';
import type { CloudEvent } from '@bank/messaging';
import { encodeEvent, UserActivatedSchema, UserRolesChangedSchema, UserStatusChangedSchema } from '@bank/proto/events';
import { UserStatus } from '@bank/proto/user';
import { until } from '@bank/testing';
import { timestampFromDate } from '@bufbuild/protobuf/wkt';
import { expect, test } from 'vitest';
import { userStatusChangedConsumer } from '#transport/messages/user-status-changed.consumer.ts';
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

/** An event as a consumer is given it. */
function received(event: TestEvent & { id: string }): CloudEvent {
  const envelope = { specversion: '1.0', source: 'urn:bank:auth', time: new Date().toISOString() } as const;
  return { ...envelope, datacontenttype: 'application/json', ...event };
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

test('what comes at once is noted together, and one message that cannot be read keeps no other from it', async () => {
  const userIds = Array.from({ length: 300 }, () => uuidv7());
  const events: TestEvent[] = userIds.map((userId) => statusChanged(userId, UserStatus.LOCKED, 2n));
  events.splice(150, 0, { ...statusChanged(uuidv7(), UserStatus.LOCKED, 2n), data: { version: 'two' } });
  await publishEvents(app, 'auth', events);
  await until(async () => (await lockedOf(userIds)) === 300);
});

test('SR-89: two replicas that are told of the same users in opposite orders wait for each other, 20 times', async () => {
  for (let round = 0; round < 20; round += 1) {
    const userIds = Array.from({ length: 50 }, () => uuidv7());
    const replicas = [userStatusChangedConsumer(app.ctx), userStatusChangedConsumer(app.ctx)];
    const told = replicas.flatMap((replica, index) => {
      const order = index === 0 ? userIds : userIds.toReversed();
      const version = BigInt(2 + index);
      return order.map((userId) => replica.handle(received(statusChanged(userId, UserStatus.LOCKED, version))));
    });
    expect(await Promise.all(told)).toEqual(told.map(() => ({ applied: true })));
    expect(await lockedOf(userIds)).toBe(50);
  }
});

async function lockedOf(userIds: readonly string[]): Promise<number> {
  const sql = `select count(*)::int as "count" from admin.users where status = 'locked' and user_id = any($1::uuid[])`;
  const [row] = await app.database.query<{ count: number }>(sql, [userIds]);
  return row?.count ?? 0;
}
