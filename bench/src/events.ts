import type { OutboxEvent } from '@bank/database';
import type { OutboxRow } from '@bank/messaging';
import { encodeEvent, UserStatusChangedSchema } from '@bank/proto/events';
import { UserStatus } from '@bank/proto/user';

/** What auth tells when a user was locked; admin notes it in its projection. */
export function lockedUser(userId: string): OutboxEvent {
  const changedAt = { seconds: 1_767_225_600n, nanos: 0 };
  const data = { userId, from: UserStatus.ACTIVE, to: UserStatus.LOCKED, version: 2n, changedAt };
  return { subject: userId, ...encodeEvent(UserStatusChangedSchema, data) };
}

/** The same as the relay finds it in the outbox. */
export function outboxRowOf(event: OutboxEvent, id: string): OutboxRow {
  return {
    id,
    destination: 'events',
    ...event,
    sequence: 1,
    requestId: id,
    traceparent: '00-00000000000000000000000000000001-0000000000000001-01',
    createdAt: new Date(),
  };
}
