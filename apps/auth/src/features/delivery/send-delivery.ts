import { withTransaction } from '@bank/database';
import { type AuditAction, allow } from '@bank/domain';
import { DeliveryError } from '@bank/notifications';
import type { AppContext } from '#context.ts';
import { countSettled } from '#features/delivery/count-settled.ts';
import { handOver } from '#features/delivery/hand-over.ts';
import { nextAttempt } from '#features/delivery/policies.ts';
import { askTime } from '#features/delivery-report/policies.ts';
import type { PendingDelivery, SettledState, Settlement } from '#storage/deliveries/delivery.repository.ts';

const who = allow.system('deliveries');

type Result = Omit<Settlement, 'at'> | { state: 'pending'; next: Date; failure: string; admitted: boolean };

/**
 * Sends one claimed message: resolves the address, renders, hands over, records how it ended and wipes what was sealed. A
 * failure that may pass is tried again with growing pauses until the message has expired.
 */
export async function sendDelivery(ctx: AppContext, delivery: PendingDelivery): Promise<void> {
  await record(ctx, delivery, await attempt(ctx, delivery));
}

async function attempt(ctx: AppContext, delivery: PendingDelivery): Promise<Result> {
  const { id: deliveryId, attempts, channel, expiresAt } = delivery;
  if (expiresAt <= ctx.clock.now()) return { state: 'expired' };
  let { admitted } = delivery;
  try {
    return await handOver(ctx, delivery, () => {
      admitted = true;
    });
  } catch (error) {
    const failure = error instanceof DeliveryError ? error.code : 'ERROR';
    ctx.logger.warn({ err: error, deliveryId, channel, attempts }, 'a message was not sent');
    if (error instanceof DeliveryError && error.kind === 'permanent') {
      return { state: error.recipientRefused ? 'undeliverable' : 'failed', failure };
    }
    const next = nextAttempt(attempts, ctx.clock.now(), expiresAt);
    return next === undefined ? { state: 'expired', failure } : { state: 'pending', next, failure, admitted };
  }
}

const told: Record<SettledState, { action: AuditAction; outcome: 'success' | 'failure' | 'denied' }> = {
  sent: { action: 'auth.delivery.sent', outcome: 'success' },
  expired: { action: 'auth.delivery.failed', outcome: 'failure' },
  failed: { action: 'auth.delivery.failed', outcome: 'failure' },
  undeliverable: { action: 'auth.delivery.failed', outcome: 'failure' },
  suppressed: { action: 'auth.delivery.suppressed', outcome: 'denied' },
};

async function record(ctx: AppContext, delivery: PendingDelivery, result: Result): Promise<void> {
  const { id, userId, template, channel } = delivery;
  if (result.state === 'pending') {
    const unaudited = 'the message will be tried again';
    await withTransaction(ctx, { who, unaudited }, (tx) => tx.deliveries.retryAt(id, result));
    return;
  }
  const audits = ['auth.delivery.sent', 'auth.delivery.failed', 'auth.delivery.suppressed'] as const;
  const state = await withTransaction(ctx, { who, audits }, async (tx) => {
    const at = tx.clock.now();
    const askAt = result.provider === 'notification' ? askTime(at) : undefined;
    const settled = await tx.deliveries.settle(id, { ...result, askAt, at });
    if (settled === undefined) return undefined;
    const { provider, failure } = result;
    await tx.audit({
      ...told[settled],
      subject: userId ?? id,
      ...(failure === undefined ? {} : { reason: failure }),
      details: { deliveryId: id, template, channel, state: settled, ...(provider === undefined ? {} : { provider }) },
    });
    return settled;
  });
  if (state !== undefined) countSettled(ctx, { channel, provider: result.provider, state });
}
