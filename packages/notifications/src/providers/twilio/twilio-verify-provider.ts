import { DeliveryError, type MessageProvider, type SmsMessage } from '#providers/message-provider.ts';
import { createTwilioApi, type TwilioApiOptions } from '#providers/twilio/twilio-api.ts';

export interface TwilioVerifyOptions extends TwilioApiOptions {
  /** A service of Verify (`VA…`) that takes codes of others ("custom verification codes"). */
  serviceSid: string;
}

/**
 * Sends codes by Twilio Verify (`POST /v2/Services/{Sid}/Verifications` with `CustomCode`), which has senders and words for every
 * country, and watches for pumped traffic. The code is ours, and so is its judgement: what Verify thinks of it is never asked.
 * Verify's words name no payment, so what approves one goes by another carrier (RTS art. 5).
 */
export function createTwilioVerifyProvider(options: TwilioVerifyOptions): MessageProvider<SmsMessage> {
  const api = createTwilioApi(options);
  const path = `v2/Services/${encodeURIComponent(options.serviceSid)}/Verifications`;
  return {
    name: 'twilio-verify',
    carries: ({ code }) => code !== undefined,
    async send({ to, code }) {
      if (code === undefined) throw new DeliveryError('transient', 'ENOCODE');
      return await api.create(path, { To: to, Channel: 'sms', CustomCode: code });
    },
    close: api.close,
  };
}
