import { createHttpCarrier, type HttpCarrierOptions } from '#providers/http/http-carrier.ts';
import { DeliveryError, type MessageProvider, type SmsMessage } from '#providers/message-provider.ts';
import { headersFor, requireNumber, sidIn, type TwilioKey } from '#providers/twilio/twilio-api.ts';
import { classifyTwilioError } from '#providers/twilio/twilio-errors.ts';

export interface TwilioVerifyOptions extends HttpCarrierOptions, TwilioKey {
  /** A service of Verify (`VA…`) that takes codes of others ("custom verification codes"). */
  serviceSid: string;
}

/**
 * Sends codes by Twilio Verify (`POST /v2/Services/{Sid}/Verifications` with `CustomCode`), which has senders and words for every
 * country, and watches for pumped traffic. The code is ours, and so is its judgement: what Verify thinks of it is never asked.
 * Verify's words name no payment, so what approves one goes by another carrier (RTS art. 5).
 */
export function createTwilioVerifyProvider(options: TwilioVerifyOptions): MessageProvider<SmsMessage> {
  const carrier = createHttpCarrier(options);
  const service = encodeURIComponent(options.serviceSid);
  return {
    name: 'twilio-verify',
    carries: ({ code }) => code !== undefined,
    async send({ to, code }) {
      if (code === undefined) throw new DeliveryError('transient', 'ENOCODE');
      requireNumber(to);
      const reply = await carrier.post({
        path: `v2/Services/${service}/Verifications`,
        headers: headersFor(options),
        body: new URLSearchParams({ To: to, Channel: 'sms', CustomCode: code }).toString(),
      });
      if (reply.status !== 201) throw classifyTwilioError(reply);
      return { providerMessageId: sidIn(reply.body) };
    },
    async close() {
      carrier.close();
    },
  };
}
