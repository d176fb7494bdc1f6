import { withTransaction } from '@bank/database';
import { allow, DomainError } from '@bank/domain';
import { isFromSendgrid } from '@bank/notifications';
import { isRecentCall, type SignedCall, signedCallDigest } from '@bank/security';
import * as v from 'valibot';
import type { AppContext } from '#context.ts';
import { applyReports, countCallback, countReported, unaudited } from '#features/delivery-report/apply-reports.ts';
import { readSendgridReports, SendgridEventsSchema } from '#features/delivery-report/policies.ts';

const who = allow.system('callbacks of sendgrid');

interface SendgridCall extends SignedCall {
  readonly signature: string;
}

/**
 * Takes a call of SendGrid's event webhook: signed, of the last minutes, and never seen before (SR-90). Nothing of it is read
 * before that. @throws auth.callback.refused, request.malformed
 */
export async function recordSendgridReports(ctx: AppContext, call: SendgridCall): Promise<void> {
  const { SENDGRID_WEBHOOK_PUBLIC_KEY: key } = ctx.config;
  if (key === undefined || !isRecentCall(call, ctx.clock.now()) || !isFromSendgrid(key, call)) {
    refuse(ctx, 'signature or time');
  }
  const reports = readSendgridReports(parseEvents(call.body));
  const digest = signedCallDigest(call);
  const changed = await withTransaction(ctx, { who, unaudited }, async (tx) => {
    if (!(await tx.reports.takeOnce('sendgrid', digest, tx.clock.now()))) return undefined;
    return await applyReports(tx, 'sendgrid', reports);
  });
  if (changed === undefined) refuse(ctx, 'came twice');
  countCallback(ctx, 'sendgrid', 'accepted');
  countReported(ctx, 'sendgrid', changed);
}

function parseEvents(body: Uint8Array) {
  try {
    return v.parse(SendgridEventsSchema, JSON.parse(Buffer.from(body).toString('utf8')));
  } catch {
    throw new DomainError('request.malformed', { reason: 'signed, and no list of events' });
  }
}

function refuse(ctx: AppContext, reason: string): never {
  countCallback(ctx, 'sendgrid', 'refused');
  throw new DomainError('auth.callback.refused', { reason });
}
