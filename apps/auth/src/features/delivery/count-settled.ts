import type { AppContext } from '#context.ts';
import type { DeliveryChannel, SettledState } from '#storage/deliveries/delivery.repository.ts';

/** Counts a message that has come to a state, after it was committed. */
export function countSettled(
  { metrics }: Pick<AppContext, 'metrics'>,
  settled: { channel: DeliveryChannel; provider: string | undefined; state: SettledState | 'delivered' },
): void {
  metrics
    .counter('message_deliveries_total', 'Messages by what became of them', ['channel', 'provider', 'state'])
    .inc({ ...settled, provider: settled.provider ?? 'none' });
}
