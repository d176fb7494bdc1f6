import type { Secret } from '@bank/domain';
import { DeliveryError } from '#providers/message-provider.ts';

/** An API key of the account (`SK…`) and its secret. */
export interface TwilioKey {
  apiKeySid: string;
  apiKeySecret: Secret;
}

const e164 = /^\+[1-9]\d{6,14}$/;

/** What every request to an API of Twilio says. */
export function headersFor({ apiKeySid, apiKeySecret }: TwilioKey): Readonly<Record<string, string>> {
  return {
    authorization: `Basic ${Buffer.from(`${apiKeySid}:${apiKeySecret.reveal()}`).toString('base64')}`,
    'content-type': 'application/x-www-form-urlencoded',
    accept: 'application/json',
  };
}

/** @throws DeliveryError `ENUMBER` for what is no number in E.164 */
export function requireNumber(to: string): void {
  if (!e164.test(to)) throw new DeliveryError('permanent', 'ENUMBER');
}

/** The message was taken, whatever else the answer says: without its id nothing is heard of it any more, that is all. */
export function sidIn(body: unknown): string {
  const sid = typeof body === 'object' && body !== null && 'sid' in body ? body.sid : undefined;
  return typeof sid === 'string' && /^[A-Z]{2}[0-9a-f]{32}$/.test(sid) ? sid : '';
}
