import { DomainError } from '@bank/domain';
import { DeliveryError, type EmailMessage, type MessageProvider, type SmsMessage } from '@bank/notifications';
import { ErrorInfoSchema } from '@bank/proto/errors';
import { DeliveryState, NotificationChannel, NotificationService } from '@bank/proto/notification';
import { createRpcClient, type RpcClientOptions } from '@bank/service-kit';
import { timestampFromDate } from '@bufbuild/protobuf/wkt';
import { Code, ConnectError } from '@connectrpc/connect';

export type NotificationOptions = RpcClientOptions;

/** Hands messages to the platform's Notification service, which sends each delivery id once. */
export function createNotificationProvider<M extends EmailMessage | SmsMessage>(
  options: NotificationOptions,
): MessageProvider<M> {
  const service = createRpcClient(NotificationService, options);
  return {
    name: 'notification',
    async send(message) {
      try {
        const { notificationId } = await service.send(requestOf(message));
        return { providerMessageId: notificationId };
      } catch (error) {
        throw classify(error);
      }
    },
    async close() {
      // Calls end by their own deadline, and connections are let go of when nobody uses them.
    },
  };
}

/** How far a message has come, by what the service says. */
export type NotificationState = 'delivered' | 'failed' | 'expired' | 'under_way';

const states: ReadonlyMap<DeliveryState, NotificationState> = new Map([
  [DeliveryState.DELIVERED, 'delivered'],
  [DeliveryState.FAILED, 'failed'],
  [DeliveryState.EXPIRED, 'expired'],
]);

/** Asks the Notification service how far messages have come. */
export interface NotificationStates {
  /** Undefined for a message that it does not know. @throws service.unavailable, service.deadline */
  stateOf(notificationId: string): Promise<{ state: NotificationState; reason: string } | undefined>;
}

/** The asking half of the service that `createNotificationProvider` hands messages to. */
export function createNotificationStates(options: NotificationOptions): NotificationStates {
  const service = createRpcClient(NotificationService, options);
  return {
    async stateOf(notificationId) {
      try {
        const { state, reason } = await service.getDelivery({ notificationId });
        return { state: states.get(state) ?? 'under_way', reason };
      } catch (error) {
        const cause = error instanceof DomainError ? error.cause : error;
        if (cause instanceof ConnectError && cause.code === Code.NotFound) return undefined;
        throw error;
      }
    },
  };
}

function requestOf(message: EmailMessage | SmsMessage) {
  const { deliveryId, to, text, template, expiresAt } = message;
  const common = { deliveryId, recipient: to, text, template, expiresAt: timestampFromDate(expiresAt) };
  return message.channel === 'email'
    ? { ...common, channel: NotificationChannel.EMAIL, subject: message.subject, html: message.html }
    : { ...common, channel: NotificationChannel.SMS };
}

/**
 * INVALID_ARGUMENT is about this message, and about its recipient where the service says so by an `ErrorInfo`: a validator
 * and Connect itself, for what they cannot read, say the same of every message and attach none. Whatever else it answers, or
 * does not, is its own.
 */
function classify(error: unknown): DeliveryError {
  const cause = error instanceof DomainError ? error.cause : error;
  if (cause instanceof ConnectError && cause.code === Code.InvalidArgument) {
    const recipientRefused = cause.findDetails(ErrorInfoSchema).length > 0;
    const code = recipientRefused ? 'NOTIFICATION_RECIPIENT' : 'NOTIFICATION_REFUSED';
    return new DeliveryError('permanent', code, { status: cause.code, recipientRefused });
  }
  return new DeliveryError('transient', 'NOTIFICATION_AWAY', { carrierAway: true });
}
