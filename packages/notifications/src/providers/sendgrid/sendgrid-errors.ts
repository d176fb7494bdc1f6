import { type HttpReply, isAway } from '@bank/outbound';
import { DeliveryError } from '#providers/message-provider.ts';

/**
 * Sorts a refusal of SendGrid's mail API. Permanent is a recipient that it will not take and a message that is too large;
 * every other refusal is of something that we put into every message, so it passes once somebody has put it right.
 */
export function classifySendgridError({ status, body }: HttpReply): DeliveryError {
  if (status === 413) return new DeliveryError('permanent', 'SENDGRID_TOO_LARGE', { status });
  if (status === 400 && fieldsOf(body).some((field) => /^personalizations(?:\.|$)/.test(field))) {
    return new DeliveryError('permanent', 'SENDGRID_RECIPIENT', { status, recipientRefused: true });
  }
  return new DeliveryError('transient', `SENDGRID_${status}`, { status, carrierAway: isAway(status) });
}

function fieldsOf(body: unknown): string[] {
  const errors = typeof body === 'object' && body !== null && 'errors' in body ? body.errors : undefined;
  if (!Array.isArray(errors)) return [];
  return errors.flatMap((error: { field?: unknown } | null) => (typeof error?.field === 'string' ? [error.field] : []));
}
