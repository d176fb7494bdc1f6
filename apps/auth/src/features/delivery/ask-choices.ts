import type { MessageCategory } from '@bank/domain';
import { categoryOf, DeliveryError } from '@bank/notifications';
import type { AppContext } from '#context.ts';
import { type ChoiceVerdict, judgeByChoices } from '#features/delivery/choice-policies.ts';
import type { DeliveryChannel, PendingDelivery } from '#storage/deliveries/delivery.repository.ts';

/** What becomes of a message by the choices of its reader, and the reader's language. */
export type Asked = ChoiceVerdict & { readonly language?: string | undefined };

/**
 * Asks profile what the reader of a message has chosen. Nobody is asked about a message that is about security or goes to an
 * address: a code waits for no other service. @throws DeliveryError when there is no answer: it is asked again later
 */
export async function askChoices(ctx: AppContext, delivery: PendingDelivery): Promise<Asked> {
  const { channel, expiresAt, template, userId } = delivery;
  const category = categoryOf(template);
  if (category === 'security' || userId === null) return { kind: 'send' };
  const settings = await ctx.settings.of(userId).catch(() => {
    count(ctx, { channel, category, outcome: 'unknown' });
    throw new DeliveryError('transient', 'SETTINGS_AWAY');
  });
  const verdict = judgeByChoices({ channel, category, expiresAt }, settings, ctx.clock.now());
  if (verdict.kind !== 'send') count(ctx, { channel, category, outcome: verdict.kind });
  return { ...verdict, language: settings.language };
}

function count(
  { metrics }: AppContext,
  labels: { channel: DeliveryChannel; category: MessageCategory; outcome: string },
): void {
  const help =
    'Messages that the settings of their reader kept back or put off, and those whose settings were not known';
  metrics.counter('message_choices_total', help, ['channel', 'category', 'outcome']).inc(labels);
}
