import type { Secret } from '@bank/domain';
import { createHttpCarrier, type HttpCarrierOptions } from '#providers/http/http-carrier.ts';
import { DeliveryError, type EmailMessage, type MessageProvider } from '#providers/message-provider.ts';
import { isMailbox, parseSender, type Sender } from '#providers/sender.ts';
import { classifySendgridError } from '#providers/sendgrid/sendgrid-errors.ts';
import { headerText } from '#templates/escape.ts';

export interface SendgridOptions extends HttpCarrierOptions {
  apiKey: Secret;
  /** `Name <address>` or an address. */
  from: string;
}

/** Sends email by SendGrid (`POST /v3/mail/send`). @throws Error when `from` cannot be understood */
export function createSendgridProvider(options: SendgridOptions): MessageProvider<EmailMessage> {
  const carrier = createHttpCarrier(options);
  const sender = parseSender(options.from);
  return {
    name: 'sendgrid',
    async send(message) {
      if (!isMailbox(message.to)) throw new DeliveryError('permanent', 'EADDRESS', { recipientRefused: true });
      const reply = await carrier.post({
        path: 'v3/mail/send',
        headers: { authorization: `Bearer ${options.apiKey.reveal()}`, 'content-type': 'application/json' },
        body: JSON.stringify(mailOf(message, sender)),
      });
      if (reply.status !== 202) throw classifySendgridError(reply);
      return { providerMessageId: reply.headers.get('x-message-id') ?? '' };
    },
    async close() {
      carrier.close();
    },
  };
}

function mailOf({ deliveryId, to, template, subject, text, html }: EmailMessage, { name, address }: Sender) {
  return {
    // Comes back in every event, and is no personal data.
    personalizations: [{ to: [{ email: to }], custom_args: { delivery_id: deliveryId } }],
    from: name === '' ? { email: address } : { email: address, name },
    subject: headerText(subject),
    content: [
      { type: 'text/plain', value: text },
      { type: 'text/html', value: html },
    ],
    headers: { 'X-Template': headerText(template), 'Auto-Submitted': 'auto-generated' },
    // A link with a one-time secret must not lead through somebody else's address.
    tracking_settings: {
      click_tracking: { enable: false, enable_text: false },
      open_tracking: { enable: false },
      subscription_tracking: { enable: false },
    },
  };
}
