import type { Secret } from '@bank/domain';
import { createHttpCarrier, type HttpCarrierOptions } from '#providers/http/http-carrier.ts';
import { DeliveryError, type MessageProvider } from '#providers/message-provider.ts';
import { classifyTwilioError } from '#providers/twilio/twilio-errors.ts';

export interface TwilioApiOptions extends HttpCarrierOptions {
  /** An API key of the account (`SK…`) and its secret. */
  apiKeySid: string;
  apiKeySecret: Secret;
}

/** An API of Twilio that makes something of a form. */
interface TwilioApi extends Pick<MessageProvider, 'close'> {
  /** Has it sent to the number in `To`. @throws DeliveryError, `ENUMBER` for what is no number in E.164 */
  create(
    path: string,
    form: { readonly To: string; readonly [field: string]: string },
  ): Promise<{ providerMessageId: string }>;
}

const e164 = /^\+[1-9]\d{6,14}$/;

export function createTwilioApi(options: TwilioApiOptions): TwilioApi {
  const carrier = createHttpCarrier(options);
  const { apiKeySid, apiKeySecret } = options;
  return {
    async create(path, form) {
      if (!e164.test(form.To)) throw new DeliveryError('permanent', 'ENUMBER', { recipientRefused: true });
      const headers = {
        authorization: `Basic ${Buffer.from(`${apiKeySid}:${apiKeySecret.reveal()}`).toString('base64')}`,
        'content-type': 'application/x-www-form-urlencoded',
        accept: 'application/json',
      };
      const reply = await carrier.post({ path, headers, body: new URLSearchParams(form).toString() });
      if (reply.status !== 201) throw classifyTwilioError(reply);
      return { providerMessageId: sidIn(reply.body) };
    },
    async close() {
      carrier.close();
    },
  };
}

/** The message was taken, whatever else the answer says: without its id nothing is heard of it any more, that is all. */
function sidIn(body: unknown): string {
  const sid = typeof body === 'object' && body !== null && 'sid' in body ? body.sid : undefined;
  return typeof sid === 'string' && /^[A-Z]{2}[0-9a-f]{32}$/.test(sid) ? sid : '';
}
