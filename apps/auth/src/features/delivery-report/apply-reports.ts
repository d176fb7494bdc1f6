import { withTransaction } from '@bank/database';
import { allow } from '@bank/domain';
import type { AppContext, AppTransaction } from '#context.ts';
import { countSettled } from '#features/delivery/count-settled.ts';
import type { DeliveryReport, ReportedDelivery } from '#storage/deliveries/report.repository.ts';

/** Why a callback is taken by a transaction that tells the ledger nothing by itself. */
export const unaudited = 'the ledger hears of what a callback changes, and most of them change nothing';

/** Writes down what a carrier has verifiably reported, and tells the ledger of every message whose state it has changed. */
export async function applyReports(
  tx: AppTransaction,
  provider: string,
  reports: readonly DeliveryReport[],
): Promise<ReportedDelivery[]> {
  const changed = await tx.reports.apply(provider, reports, tx.clock.now());
  if (changed.length === 0) return changed;
  const audits = ['auth.delivery.delivered', 'auth.delivery.failed'] as const;
  const who = allow.system(`callbacks of ${provider}`);
  await withTransaction(tx, { who, audits }, async (audited) => {
    for (const delivery of changed) await tellLedger(audited, provider, delivery);
  });
  return changed;
}

function tellLedger(tx: AppTransaction, provider: string, delivery: ReportedDelivery): Promise<void> {
  const { id, userId, template, channel, state, failure } = delivery;
  const isDelivered = state === 'delivered';
  return tx.audit({
    action: isDelivered ? 'auth.delivery.delivered' : 'auth.delivery.failed',
    subject: userId ?? id,
    outcome: isDelivered ? 'success' : 'failure',
    ...(failure === null ? {} : { reason: failure }),
    details: { deliveryId: id, template, channel, provider, state },
  });
}

/** Counts what was changed, after the commit. */
export function countReported(ctx: AppContext, provider: string, changed: readonly ReportedDelivery[]): void {
  for (const { channel, state } of changed) countSettled(ctx, { channel, provider, state });
}

/** Counts a callback by whether it was believed. */
export function countCallback({ metrics }: AppContext, provider: string, outcome: 'accepted' | 'refused'): void {
  metrics
    .counter('message_callbacks_total', 'Callbacks of carriers', ['provider', 'outcome'])
    .inc({ provider, outcome });
}
