import * as v from 'valibot';
import type { DeliveryReport } from '#storage/deliveries/report.repository.ts';

/** Of several reports about one message the first counts. */
function firstOfEach(reports: readonly DeliveryReport[]): DeliveryReport[] {
  const first = new Map<string, DeliveryReport>();
  for (const report of reports) if (!first.has(report.deliveryId)) first.set(report.deliveryId, report);
  return [...first.values()];
}

const twilioOutcomes: ReadonlyMap<string, DeliveryReport['outcome']> = new Map([
  ['delivered', 'delivered'],
  ['read', 'delivered'],
  ['undelivered', 'failed'],
  ['failed', 'failed'],
  ['canceled', 'failed'],
]);

/** What a status callback of Twilio says; undefined for a state that is not final. */
export function readTwilioReport(deliveryId: string, fields: ReadonlyMap<string, string>): DeliveryReport | undefined {
  const outcome = twilioOutcomes.get(fields.get('MessageStatus') ?? '');
  const messageId = fields.get('MessageSid');
  if (outcome === undefined || messageId === undefined) return undefined;
  const code = fields.get('ErrorCode') ?? '';
  const failure = outcome === 'delivered' ? null : /^\d{1,6}$/.test(code) ? `TWILIO_${code}` : 'TWILIO_FAILED';
  return { deliveryId, messageId, outcome, failure };
}

/** Events of SendGrid's webhook, with more fields than we look at. */
export const SendgridEventsSchema = v.array(
  v.object({
    event: v.string(),
    delivery_id: v.optional(v.string()),
    sg_message_id: v.optional(v.string()),
    status: v.optional(v.string()),
    timestamp: v.optional(v.number()),
  }),
);
type SendgridEvent = v.InferOutput<typeof SendgridEventsSchema>[number];

const uuid = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** What events of SendGrid say, oldest first; what is not final, or not about a message of ours, says nothing. */
export function readSendgridReports(events: readonly SendgridEvent[]): DeliveryReport[] {
  const ordered = events.toSorted((a, b) => (a.timestamp ?? 0) - (b.timestamp ?? 0));
  return firstOfEach(ordered.flatMap((event) => readSendgridEvent(event) ?? []));
}

function readSendgridEvent({ event, delivery_id: deliveryId, sg_message_id: sgMessageId, status }: SendgridEvent) {
  const outcome = event === 'delivered' ? 'delivered' : /^(?:bounce|dropped)$/.test(event) ? 'failed' : undefined;
  if (outcome === undefined || deliveryId === undefined || !uuid.test(deliveryId)) return undefined;
  // The id that was given at acceptance, followed by a dot and where in SendGrid the message was.
  const messageId = sgMessageId?.split('.', 1)[0] ?? '';
  const enhanced = status !== undefined && /^[245]\.\d{1,3}\.\d{1,3}$/.test(status) ? `_${status}` : '';
  const failure = outcome === 'delivered' ? null : `SENDGRID_${event.toUpperCase()}${enhanced}`;
  return { deliveryId, messageId, outcome, failure } satisfies DeliveryReport;
}

const patienceMs = 600_000;

/** For how long after a message was handed over it matters what became of it. */
export const interestMs = 86_400_000;

/** When a carrier that can be asked is asked about a message of which nothing was heard. */
export function askTime(now: Date): Date {
  return new Date(now.getTime() + patienceMs);
}
