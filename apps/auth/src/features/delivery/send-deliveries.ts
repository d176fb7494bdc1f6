import { openDelivery, readerOf, withTransaction } from '@bank/database';
import { allow, EmailSchema, isBlocked, mailboxOf } from '@bank/domain';
import { DeliveryError, isTemplateName, renderEmail } from '@bank/notifications';
import * as v from 'valibot';
import type { AppContext } from '#context.ts';
import { nextAttempt, sendingLeaseMs } from '#features/delivery/policies.ts';
import { openContact } from '#features/user/contact.ts';
import type { PendingDelivery, Settlement } from '#storage/deliveries/delivery.repository.ts';

const who = allow.system('deliveries');
const batchMax = 20;

type Result = Omit<Settlement, 'at'> | { state: 'pending'; next: Date; failure: string };

/**
 * Sends what is due: resolves the address, renders, hands over, records how it ended and wipes what was sealed. A failure that
 * may pass is tried again with growing pauses until the message has expired. Answers whether there may be more.
 */
export async function sendDeliveries(ctx: AppContext): Promise<boolean> {
  const now = ctx.clock.now();
  const heldUntil = new Date(now.getTime() + sendingLeaseMs);
  const unaudited = 'takes messages to send: the ledger gets how they end';
  const due = await withTransaction(ctx, { who, unaudited }, (tx) => tx.deliveries.claimDue(now, heldUntil, batchMax));
  await Promise.all(due.map(async (delivery) => record(ctx, delivery, await attempt(ctx, delivery))));
  return due.length === batchMax;
}

async function attempt(ctx: AppContext, delivery: PendingDelivery): Promise<Result> {
  if (delivery.expiresAt <= ctx.clock.now()) return { state: 'expired' };
  try {
    return await send(ctx, delivery);
  } catch (error) {
    const code = error instanceof DeliveryError ? error.code : 'ERROR';
    ctx.logger.warn({ err: error, deliveryId: delivery.id, attempts: delivery.attempts }, 'a message was not sent');
    if (error instanceof DeliveryError && error.kind === 'permanent') return { state: 'failed', failure: code };
    const next = nextAttempt(delivery.attempts, ctx.clock.now(), delivery.expiresAt);
    return next === undefined ? { state: 'expired', failure: code } : { state: 'pending', next, failure: code };
  }
}

async function send(ctx: AppContext, delivery: PendingDelivery): Promise<Result> {
  const { to, template, params, locale } = openDelivery(ctx.keys.delivery, delivery.id, delivery.content);
  if (delivery.channel !== 'email' || !isTemplateName(template)) return { state: 'undeliverable', failure: 'UNKNOWN' };
  const recipient = 'address' in to ? { email: v.parse(EmailSchema, to.address), locale } : await reach(ctx, delivery);
  if (recipient === undefined) return { state: 'undeliverable', failure: 'NOBODY' };
  const language = locale ?? recipient.locale;
  const content = renderEmail({
    template,
    params,
    brand: ctx.config.BRAND,
    ...(language === undefined ? {} : { locale: language }),
  });
  const address = mailboxOf(recipient.email);
  const message = { channel: 'email', deliveryId: delivery.id, to: address, template, ...content } as const;
  const { providerMessageId } = await ctx.mailer.send(message);
  return { state: 'sent', providerMessageId };
}

/** The proven address of a user, and the language he chose. */
async function reach(ctx: AppContext, { userId }: PendingDelivery) {
  const reader = readerOf(ctx);
  const user = userId === null ? undefined : await reader.users.find(userId);
  if (user === undefined || user.contact === null || user.emailVerifiedAt === null) return undefined;
  if (isBlocked(user.status, 'notice')) return undefined;
  const { email } = await openContact(reader, { table: 'users', userId: user.id }, user.contact);
  return { email, locale: user.locale ?? undefined };
}

async function record(ctx: AppContext, { id, userId, template }: PendingDelivery, result: Result): Promise<void> {
  if (result.state === 'pending') {
    const unaudited = 'the message will be tried again';
    await withTransaction(ctx, { who, unaudited }, (tx) => tx.deliveries.retryAt(id, result.next, result.failure));
    return;
  }
  const audits = ['auth.delivery.sent', 'auth.delivery.failed'] as const;
  await withTransaction(ctx, { who, audits }, async (tx) => {
    await tx.deliveries.settle(id, { ...result, at: tx.clock.now() });
    const isSent = result.state === 'sent';
    await tx.audit({
      action: isSent ? 'auth.delivery.sent' : 'auth.delivery.failed',
      subject: userId ?? id,
      outcome: isSent ? 'success' : 'failure',
      details: { deliveryId: id, template, state: result.state },
    });
  });
}
