import { withTransaction } from '@bank/database';
import { allow, DomainError } from '@bank/domain';
import { isFromTwilio } from '@bank/notifications';
import { twilioCallbackUrl } from '#adapters/messages/providers.ts';
import type { AppContext } from '#context.ts';
import { applyReports, countCallback, countReported, unaudited } from '#features/delivery-report/apply-reports.ts';
import { readTwilioReport } from '#features/delivery-report/policies.ts';

const who = allow.system('callbacks of twilio');

interface TwilioCall {
  /** The message that the called address names. */
  deliveryId: string;
  /** The form as it came. */
  body: Uint8Array;
  signature: string;
}

/**
 * Takes a status callback of Twilio. Nothing of it is believed before its signature is; a state that is final does not change
 * any more, so a callback that comes twice or late does nothing (SR-90). @throws auth.callback.refused
 */
export async function recordTwilioReport(ctx: AppContext, { deliveryId, body, signature }: TwilioCall): Promise<void> {
  const { TWILIO_AUTH_TOKEN: authToken } = ctx.config;
  const fields = readFields(body);
  const url = twilioCallbackUrl(ctx.config, deliveryId);
  if (authToken === undefined || fields === undefined || !isFromTwilio(authToken, { url, fields, signature })) {
    countCallback(ctx, 'twilio', 'refused');
    throw new DomainError('auth.callback.refused', { reason: 'signature' });
  }
  countCallback(ctx, 'twilio', 'accepted');
  const report = readTwilioReport(deliveryId, fields);
  if (report === undefined) return;
  const changed = await withTransaction(ctx, { who, unaudited }, (tx) => applyReports(tx, 'twilio', [report]));
  countReported(ctx, 'twilio', changed);
}

/** The fields of a form; undefined when one comes twice, which no signature of Twilio can mean. */
function readFields(body: Uint8Array): ReadonlyMap<string, string> | undefined {
  const pairs = [...new URLSearchParams(Buffer.from(body).toString('utf8'))];
  const fields = new Map(pairs);
  return fields.size === pairs.length ? fields : undefined;
}
