import { aboutUsers } from '@bank/composition';
import type { CloudEvent, Consumer } from '@bank/messaging';
import {
  decodeEvent,
  eventTypeOf,
  FactorRemovedSchema,
  FactorsResetSchema,
  PasswordChangedSchema,
} from '@bank/proto/events';
import { timestampDate } from '@bufbuild/protobuf/wkt';
import type { AppContext } from '#context.ts';
import { endTrust } from '#features/device/end-trust.ts';
import { forgetKeys } from '#features/device-key/forget-keys.ts';

const passwordChanged = eventTypeOf(PasswordChangedSchema);
const factorsReset = eventTypeOf(FactorsResetSchema);

/**
 * Trust in devices dies with a factor and with the password, by which it was declared (SR-35); their keys when either was reset. A
 * mfa of the release before tells of each factor alone.
 */
export function credentialChangedConsumer(ctx: AppContext): Consumer {
  return aboutUsers(ctx, {
    name: 'device.credential-changed',
    queue: 'device.events',
    types: [passwordChanged, eventTypeOf(FactorRemovedSchema), factorsReset],
    facts: toChange,
    async work(tx, change) {
      await endTrust(tx, change);
      await forgetKeys(tx, change);
    },
  });
}

function toChange({ type, data }: CloudEvent) {
  if (type === passwordChanged) {
    const { userId, changedAt, byReset: isReset } = decodeEvent(PasswordChangedSchema, data);
    return { userId, cause: 'password_changed', changedAt: changedAt && timestampDate(changedAt), isReset };
  }
  if (type === factorsReset) {
    const { userId, resetAt, byStaff: isReset } = decodeEvent(FactorsResetSchema, data);
    return { userId, cause: 'factor_removed', changedAt: resetAt && timestampDate(resetAt), isReset };
  }
  const { userId, removedAt, removedByStaff: isReset } = decodeEvent(FactorRemovedSchema, data);
  return { userId, cause: 'factor_removed', changedAt: removedAt && timestampDate(removedAt), isReset };
}
