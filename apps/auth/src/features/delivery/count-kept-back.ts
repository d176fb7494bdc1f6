import type { AppContext } from '#context.ts';
import { type MessageLimit, messageLimits } from '#features/delivery/policies.ts';
import type { DeliveryChannel } from '#storage/deliveries/delivery.repository.ts';

/** Counts a message that a limit kept back. */
export function countKeptBack(ctx: AppContext, channel: DeliveryChannel, limit: MessageLimit['name']): void {
  keptBack(ctx).inc({ channel, limit });
}

/** Shows every limit from the start: an alert on an increase sees no first one of a series that was not there before. */
export function measureKeptBack(ctx: AppContext): void {
  for (const channel of ['email', 'sms'] as const) {
    for (const limit of messageLimits) keptBack(ctx).inc({ channel, limit }, 0);
  }
}

function keptBack({ metrics }: AppContext) {
  const help = 'Messages that a limit kept back, by the limit';
  return metrics.counter('message_limits_total', help, ['channel', 'limit']);
}
