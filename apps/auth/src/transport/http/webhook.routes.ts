import { UuidSchema } from '@bank/domain';
import { defineRoutes, noContent } from '@bank/service-kit';
import * as v from 'valibot';
import type { AppContext } from '#context.ts';
import { recordSendgridReports } from '#features/delivery-report/record-sendgrid-reports.ts';
import { recordTwilioReport } from '#features/delivery-report/record-twilio-report.ts';

const tag = 'webhooks';
const TwilioQuerySchema = v.strictObject({ delivery: UuidSchema });

/** What carriers call. Who they are their signatures say, over the body as it came. */
export const webhookRoutes = defineRoutes<AppContext>([
  {
    method: 'POST',
    path: '/v1/webhooks/twilio',
    summary: 'Status callback of Twilio, signed by X-Twilio-Signature',
    tag,
    access: 'public',
    query: TwilioQuerySchema,
    mediaTypes: ['application/x-www-form-urlencoded'],
    body: v.looseObject({ MessageSid: v.string(), MessageStatus: v.string(), ErrorCode: v.optional(v.string()) }),
    bodyLimitBytes: 16 * 1024,
    responses: { 204: null },
    errors: ['auth.callback.refused'],
    limits: [{ name: 'webhook-twilio', points: 6000, windowSeconds: 60, by: 'address' }],
    async handle(ctx, request) {
      const signature = request.header('x-twilio-signature') ?? '';
      const { success, output } = v.safeParse(TwilioQuerySchema, request.query);
      // An address that we have given to nobody, so nobody's signature fits it.
      const deliveryId = success ? output.delivery : '';
      await recordTwilioReport(ctx, { deliveryId, body: request.bytes, signature });
      return noContent();
    },
  },
  {
    method: 'POST',
    path: '/v1/webhooks/sendgrid',
    summary: 'Event webhook of SendGrid, signed by X-Twilio-Email-Event-Webhook-Signature',
    tag,
    access: 'public',
    rawBody: true,
    body: v.array(v.looseObject({ event: v.string(), delivery_id: v.optional(v.string()) })),
    bodyLimitBytes: 1024 * 1024,
    responses: { 204: null },
    errors: ['auth.callback.refused'],
    limits: [{ name: 'webhook-sendgrid', points: 6000, windowSeconds: 60, by: 'address' }],
    async handle(ctx, request) {
      await recordSendgridReports(ctx, {
        body: request.bytes,
        timestamp: request.header('x-twilio-email-event-webhook-timestamp') ?? '',
        signature: request.header('x-twilio-email-event-webhook-signature') ?? '',
      });
      return noContent();
    },
  },
]);
