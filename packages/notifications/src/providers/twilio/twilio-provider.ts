import type { MessageProvider, SmsMessage } from '#providers/message-provider.ts';
import { createTwilioApi, type TwilioApiOptions } from '#providers/twilio/twilio-api.ts';

export interface TwilioOptions extends TwilioApiOptions {
  accountSid: string;
  /** A messaging service, which chooses the sender, or one sender: a number or a name. */
  sender: { readonly messagingServiceSid: string } | { readonly from: string };
  /** Where Twilio tells what became of this message. */
  statusCallbackUrl(deliveryId: string): string;
}

/** Sends text messages by Twilio's Programmable Messaging (`POST …/Messages.json`, API of 2010-04-01). */
export function createTwilioProvider(options: TwilioOptions): MessageProvider<SmsMessage> {
  const { accountSid, sender, statusCallbackUrl } = options;
  const api = createTwilioApi(options);
  const path = `2010-04-01/Accounts/${encodeURIComponent(accountSid)}/Messages.json`;
  const from = 'from' in sender ? { From: sender.from } : { MessagingServiceSid: sender.messagingServiceSid };
  return {
    name: 'twilio',
    send: ({ to, text, deliveryId }) =>
      api.create(path, { To: to, Body: text, StatusCallback: statusCallbackUrl(deliveryId), ...from }),
    close: api.close,
  };
}
