import type { Clock } from '@bank/domain';
import {
  createProviderChain,
  type EmailMessage,
  type MessageProvider,
  type ProviderChain,
  type SmsMessage,
} from '@bank/notifications';
import type { Metrics } from '@bank/observability';
import { createNotificationStates, type NotificationStates } from '#adapters/messages/notification-provider.ts';
import { emailMakers, notificationOf, type RpcSurroundings, smsMakers } from '#adapters/messages/providers.ts';
import type { Config } from '#config.ts';

/** What carries messages, by channel. */
export interface Messages {
  readonly email: ProviderChain<EmailMessage>;
  readonly sms: ProviderChain<SmsMessage>;
  /** Where one of them is the Notification service: what became of its messages. */
  readonly notification: NotificationStates | undefined;
  close(): Promise<void>;
}

interface Surroundings {
  clock: Clock;
  metrics: Metrics;
  rpc: RpcSurroundings;
}

/** The carriers that configuration names, in its order, measured. */
export function createMessages(config: Config, { clock, metrics, rpc }: Surroundings): Messages {
  const latency = metrics.histogram('message_provider_seconds', 'Time until a carrier has answered for a message', [
    'channel',
    'provider',
    'outcome',
  ]);
  const chainOf = <M>(channel: string, providers: readonly MessageProvider<M>[]) =>
    watched(
      channel,
      createProviderChain<M>({
        providers,
        clock,
        observe: ({ seconds, ...labels }) => latency.observe({ channel, ...labels }, seconds),
      }),
      metrics,
    );
  const email = chainOf(
    'email',
    config.EMAIL_PROVIDERS.map((name) => emailMakers[name](config, rpc)),
  );
  const sms = chainOf(
    'sms',
    config.SMS_PROVIDERS.map((name) => smsMakers[name](config, rpc)),
  );
  const isAsked = [...config.EMAIL_PROVIDERS, ...config.SMS_PROVIDERS].includes('notification');
  return {
    email,
    sms,
    notification: isAsked ? createNotificationStates(notificationOf(config, rpc)) : undefined,
    async close() {
      await Promise.all([email.close(), sms.close()]);
    },
  };
}

const breakerValues = { closed: 0, half_open: 1, open: 2 } as const;

function watched<M>(channel: string, chain: ProviderChain<M>, metrics: Metrics): ProviderChain<M> {
  const stateOf = (provider: string) => chain.status().find((one) => one.provider === provider);
  for (const { provider } of chain.status()) {
    const labels = { channel, provider };
    metrics.read('message_provider_breaker', 'Circuit of a carrier: 0 closed, 1 half open, 2 open', {
      labels,
      value: () => breakerValues[stateOf(provider)?.breaker ?? 'closed'],
    });
    metrics.read('message_provider_in_flight', 'Messages that a carrier has not answered for yet', {
      labels,
      value: () => stateOf(provider)?.inFlight ?? 0,
    });
  }
  return chain;
}
