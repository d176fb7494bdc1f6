import { type OpenedDelivery, openDelivery, readerOf } from '@bank/database';
import { EmailSchema, isBlocked, mailboxOf, PhoneNumberSchema } from '@bank/domain';
import { DeliveryError, isSmsTemplateName, isTemplateName, renderEmail, renderSms } from '@bank/notifications';
import * as v from 'valibot';
import type { AppContext } from '#context.ts';
import type { Address } from '#features/address/index-address.ts';
import { findLimitReached } from '#features/delivery/admit-message.ts';
import { askChoices } from '#features/delivery/ask-choices.ts';
import { reachesUnproven } from '#features/delivery/policies.ts';
import { openContact } from '#features/user/contact.ts';
import type { PendingDelivery, Settlement } from '#storage/deliveries/delivery.repository.ts';

/** How it ended, or until when it waits because its reader wants quiet. */
type HandedOver = Omit<Settlement, 'at'> | { state: 'pending'; next: Date; failure: string; admitted: boolean };

/**
 * Resolves the address of a message, asks what its reader has chosen, counts it, renders it and hands it to a carrier.
 * `onAdmitted` is called once the limits have let it pass. @throws DeliveryError, or what reading the address throws
 */
export async function handOver(
  ctx: AppContext,
  delivery: PendingDelivery,
  onAdmitted: () => void,
): Promise<HandedOver> {
  const opened = openDelivery(ctx.keys.delivery, delivery.id, delivery.content);
  const { template, params } = opened;
  requireKnownTemplate(opened);
  const isCode = params['code'] !== undefined;
  const recipient = 'address' in opened.to ? given(opened, opened.to.address) : await reach(ctx, delivery, isCode);
  if (recipient === undefined) return { state: 'undeliverable', failure: 'NOBODY' };
  if (recipient === 'too_new') return { state: 'suppressed', failure: 'COOL_DOWN' };
  const choice = await askChoices(ctx, delivery);
  if (choice.kind === 'switched_off') return { state: 'suppressed', failure: 'SWITCHED_OFF' };
  const { admitted } = delivery;
  if (choice.kind === 'wait') return { state: 'pending', next: choice.until, failure: 'QUIET_HOURS', admitted };
  if (!admitted) {
    const limit = await findLimitReached(ctx, recipient.address, { userId: delivery.userId, template });
    if (limit !== undefined) return { state: 'suppressed', failure: `LIMIT_${limit.toUpperCase()}` };
  }
  onAdmitted();
  const locale = choice.language ?? recipient.locale;
  return { state: 'sent', ...(await send(ctx, delivery.id, opened, { ...recipient, locale })) };
}

/**
 * A template that we do not know is one of a later release, which an app has already while we are still of the release before: the
 * message is tried again until a replica knows it, and is counted and kept back by nothing meanwhile. @throws DeliveryError
 */
function requireKnownTemplate({ channel, template }: OpenedDelivery): void {
  if (!(channel === 'email' ? isTemplateName(template) : isSmsTemplateName(template))) throw unknownTemplate();
}

const unknownTemplate = () => new DeliveryError('transient', 'TEMPLATE_UNKNOWN');

interface Recipient {
  address: Address;
  locale: string | undefined;
}

function given({ channel }: OpenedDelivery, text: string): Recipient | undefined {
  const locale = undefined;
  if (channel === 'email') {
    const email = v.safeParse(EmailSchema, text);
    return email.success ? { address: { kind: 'email', value: email.output }, locale } : undefined;
  }
  const phone = v.safeParse(PhoneNumberSchema, text);
  return phone.success ? { address: { kind: 'phone', value: phone.output }, locale } : undefined;
}

/**
 * The address of a user in that channel, proven unless the message is for one that is not, and the language they chose. A number that took the place of another a short
 * while ago is told things, but gets no codes, whichever app sends them (SR-28).
 */
async function reach(
  ctx: AppContext,
  { userId, channel, template }: PendingDelivery,
  isCode: boolean,
): Promise<Recipient | 'too_new' | undefined> {
  const reader = readerOf(ctx);
  const user = userId === null ? undefined : await reader.users.find(userId);
  if (user === undefined || user.contact === null || isBlocked(user.status, 'notice')) return undefined;
  const provenAt = channel === 'email' ? user.emailVerifiedAt : user.phoneVerifiedAt;
  if (provenAt === null && !reachesUnproven({ channel, template })) return undefined;
  const { email, phone } = await openContact(reader, { table: 'users', userId: user.id }, user.contact);
  const locale = user.locale ?? undefined;
  if (channel === 'email') return { address: { kind: 'email', value: email }, locale };
  if (phone === null) return undefined;
  const isTooNew = user.phoneCodesFrom !== null && user.phoneCodesFrom > ctx.clock.now();
  return isCode && isTooNew ? 'too_new' : { address: { kind: 'phone', value: phone }, locale };
}

/** @throws DeliveryError, for a template that the channel does not know as well */
async function send(ctx: AppContext, deliveryId: string, opened: OpenedDelivery, { address, locale }: Recipient) {
  const { template, params, expiresAt } = opened;
  const language = opened.locale ?? locale;
  const words = { params, brand: ctx.config.BRAND, ...(language === undefined ? {} : { locale: language }) };
  if (address.kind === 'email') {
    if (!isTemplateName(template)) throw unknownTemplate();
    const to = mailboxOf(address.value);
    return await ctx.messages.email.send({
      channel: 'email',
      deliveryId,
      to,
      template,
      expiresAt,
      ...renderEmail({ template, ...words }),
    });
  }
  if (!isSmsTemplateName(template)) throw unknownTemplate();
  const rendered = renderSms({ template, ...words });
  return await ctx.messages.sms.send({
    channel: 'sms',
    deliveryId,
    to: address.value,
    template,
    expiresAt,
    ...rendered,
  });
}
