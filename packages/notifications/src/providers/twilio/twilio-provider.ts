import type { Secret } from '@bank/domain';
import { createHttpCarrier, type HttpCarrierOptions } from '#providers/http/http-carrier.ts';
import { DeliveryError, type MessageProvider, type SmsMessage } from '#providers/message-provider.ts';
import { classifyTwilioError } from '#providers/twilio/twilio-errors.ts';

export interface TwilioOptions extends HttpCarrierOptions {
  accountSid: string;
  /** An API key of the account (`SK…`) and its secret. */
  apiKeySid: string;
  apiKeySecret: Secret;
  /** A messaging service, which chooses the sender, or one sender: a number or a name. */
  sender: { readonly messagingServiceSid: string } | { readonly from: string };
  /** Where Twilio tells what became of this message. */
  statusCallbackUrl(deliveryId: string): string;
}

const e164 = /^\+[1-9]\d{6,14}$/;

/** Sends text messages by Twilio's Programmable Messaging (`POST …/Messages.json`, API of 2010-04-01). */
export function createTwilioProvider(options: TwilioOptions): MessageProvider<SmsMessage> {
  const carrier = createHttpCarrier(options);
  const account = encodeURIComponent(options.accountSid);
  return {
    name: 'twilio',
    async send(message) {
      if (!e164.test(message.to)) throw new DeliveryError('permanent', 'ENUMBER');
      const reply = await carrier.post({
        path: `2010-04-01/Accounts/${account}/Messages.json`,
        headers: {
          authorization: basic(options.apiKeySid, options.apiKeySecret),
          'content-type': 'application/x-www-form-urlencoded',
          accept: 'application/json',
        },
        body: formOf(message, options).toString(),
      });
      if (reply.status !== 201) throw classifyTwilioError(reply);
      return { providerMessageId: sidOf(reply.body) };
    },
    async close() {
      carrier.close();
    },
  };
}

function basic(user: string, password: Secret): string {
  return `Basic ${Buffer.from(`${user}:${password.reveal()}`).toString('base64')}`;
}

function formOf(message: SmsMessage, { sender, statusCallbackUrl }: TwilioOptions): URLSearchParams {
  return new URLSearchParams({
    To: message.to,
    Body: message.text,
    StatusCallback: statusCallbackUrl(message.deliveryId),
    ...('from' in sender ? { From: sender.from } : { MessagingServiceSid: sender.messagingServiceSid }),
  });
}

/** The message was taken, whatever else the answer says: without its id nothing is heard of it any more, that is all. */
function sidOf(body: unknown): string {
  const sid = typeof body === 'object' && body !== null && 'sid' in body ? body.sid : undefined;
  return typeof sid === 'string' && /^[A-Z]{2}[0-9a-f]{32}$/.test(sid) ? sid : '';
}
