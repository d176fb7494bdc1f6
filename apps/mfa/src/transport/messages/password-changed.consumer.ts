import { aboutUsers } from '@bank/composition';
import type { Consumer } from '@bank/messaging';
import { decodeEvent, eventTypeOf, PasswordChangedSchema } from '@bank/proto/events';
import { timestampDate } from '@bufbuild/protobuf/wkt';
import type { AppContext } from '#context.ts';
import { liftBlocks } from '#features/challenge/lift-blocks.ts';

/** A reset of the password lifts what was counted; a password that its user changed lifts nothing. */
export function passwordChangedConsumer(ctx: AppContext): Consumer {
  return aboutUsers(ctx, {
    name: 'mfa.password-changed',
    queue: 'mfa.events',
    types: [eventTypeOf(PasswordChangedSchema)],
    facts: ({ data }) => decodeEvent(PasswordChangedSchema, data),
    async work(tx, { userId, changedAt, byReset }) {
      if (byReset) await liftBlocks(tx, { userId, changedAt: changedAt && timestampDate(changedAt) });
    },
  });
}
