import { aboutUsers } from '@bank/composition';
import type { CloudEvent, Consumer } from '@bank/messaging';
import { decodeEvent, eventTypeOf, SignInFailedSchema, SignInFailureReason } from '@bank/proto/events';
import { timestampDate } from '@bufbuild/protobuf/wkt';
import type { AppContext } from '#context.ts';
import { recordFailure } from '#features/sign-in/record-failure.ts';
import type { FailureReason } from '#features/sign-in/schemas.ts';

const reasons: Record<SignInFailureReason, FailureReason> = {
  [SignInFailureReason.UNSPECIFIED]: 'unspecified',
  [SignInFailureReason.CREDENTIALS]: 'credentials',
  [SignInFailureReason.LOCKED]: 'locked',
  [SignInFailureReason.STATUS]: 'status',
  [SignInFailureReason.RISK]: 'risk',
  [SignInFailureReason.FACTOR]: 'factor',
  [SignInFailureReason.CLIENT]: 'client',
  [SignInFailureReason.COMPROMISED]: 'compromised',
};

/** Every attempt on a user that `auth` refused goes into the user's history, once. */
export function signInFailedConsumer(ctx: AppContext): Consumer {
  return aboutUsers(ctx, {
    name: 'device.sign-in-failed',
    queue: 'device.events',
    types: [eventTypeOf(SignInFailedSchema)],
    facts: toFailureFacts,
    work: recordFailure,
  });
}

function toFailureFacts(message: CloudEvent) {
  const { userId, deviceId, clientId, reason, failedAt } = decodeEvent(SignInFailedSchema, message.data);
  return {
    eventId: message.id,
    userId,
    deviceId,
    clientId,
    reason: reasons[reason] ?? 'unspecified',
    failedAt: failedAt && timestampDate(failedAt),
  };
}
