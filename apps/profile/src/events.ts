import type { OutboxEvent } from '@bank/database';
import type { UserId } from '@bank/domain';
import { encodeEvent, ProfileUpdatedSchema } from '@bank/proto/events';
import { timestampFromDate } from '@bufbuild/protobuf/wkt';

/** `profile.updated.v1`: the names of the fields that changed, never their values. */
export function profileUpdated(update: {
  userId: UserId;
  version: number;
  changedFields: readonly string[];
  at: Date;
}): OutboxEvent {
  return {
    subject: update.userId,
    ...encodeEvent(ProfileUpdatedSchema, {
      userId: update.userId,
      version: BigInt(update.version),
      changedFields: [...update.changedFields],
      updatedAt: timestampFromDate(update.at),
    }),
  };
}
