import { createHttpCarrier, type HttpCarrierOptions } from '#providers/http/http-carrier.ts';
import type { MessageProvider, SmsMessage } from '#providers/message-provider.ts';
import { headersFor, requireNumber, sidIn, type TwilioKey } from '#providers/twilio/twilio-api.ts';
import { classifyTwilioError } from '#providers/twilio/twilio-errors.ts';

export interface TwilioOptions extends HttpCarrierOptions, TwilioKey {
  accountSid: string;
  /** A messaging service, which chooses the sender, or one sender: a number or a name. */
  sender: { readonly messagingServiceSid: string } | { readonly from: string };
  /** Where Twilio tells what became of this message. */
  statusCallbackUrl(deliveryId: string): string;
}

/** Sends text messages by Twilio's Programmable Messaging (`POST …/Messages.json`, API of 2010-04-01). */
export function createTwilioProvider(options: TwilioOptions): MessageProvider<SmsMessage> {
  const carrier = createHttpCarrier(options);
  const account = encodeURIComponent(options.accountSid);
  return {
    name: 'twilio',
    async send(message) {
      requireNumber(message.to);
      const reply = await carrier.post({
        path: `2010-04-01/Accounts/${account}/Messages.json`,
        headers: headersFor(options),
        body: formOf(message, options).toString(),
      });
      if (reply.status !== 201) throw classifyTwilioError(reply);
      return { providerMessageId: sidIn(reply.body) };
    },
    async close() {
      carrier.close();
    },
  };
}

function formOf(message: SmsMessage, { sender, statusCallbackUrl }: TwilioOptions): URLSearchParams {
  return new URLSearchParams({
    To: message.to,
    Body: message.text,
    StatusCallback: statusCallbackUrl(message.deliveryId),
    ...('from' in sender ? { From: sender.from } : { MessagingServiceSid: sender.messagingServiceSid }),
  });
}
