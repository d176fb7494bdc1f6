import { createHmac, type KeyObject, sign } from 'node:crypto';
import type { TestAuth } from './auth.ts';
import { origin } from './auth.ts';
import { type Carried, twilioAuthToken } from './carriers.ts';

type Fields = Record<string, string>;

/** What Twilio signs a form with, told by its documentation: the address, then names and values in order. */
export function twilioSignature(url: string, fields: Fields, token = twilioAuthToken): string {
  const names = Object.keys(fields).sort();
  const signed = url + names.map((name) => `${name}${fields[name]}`).join('');
  return createHmac('sha1', token).update(signed).digest('base64');
}

/** Twilio's callback about a message it was handed. */
export function callFromTwilio(
  auth: TestAuth,
  sms: Pick<Carried, 'id' | 'callbackUrl'>,
  status: string,
  changes: { fields?: Fields; signature?: string } = {},
): Promise<Response> {
  const fields = { MessageSid: sms.id, MessageStatus: status, AccountSid: `AC${'1'.repeat(32)}`, ...changes.fields };
  return fetch(sms.callbackUrl.replace(origin, auth.url), {
    method: 'POST',
    headers: { 'x-twilio-signature': changes.signature ?? twilioSignature(sms.callbackUrl, fields) },
    body: new URLSearchParams(fields),
  });
}

export interface SendgridSignature {
  timestamp?: string;
  key?: KeyObject;
  /** Signed in place of the body that is sent. */
  signedBody?: string;
}

/** A call of SendGrid's event webhook, as it would sign it. */
export function callFromSendgrid(auth: TestAuth, body: string, changes: SendgridSignature = {}): Promise<Response> {
  const timestamp = changes.timestamp ?? String(Math.floor(auth.clock.now().getTime() / 1000));
  const signed = Buffer.from(timestamp + (changes.signedBody ?? body));
  return fetch(`${auth.url}/v1/webhooks/sendgrid`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'x-twilio-email-event-webhook-signature': sign(
        'sha256',
        signed,
        changes.key ?? auth.carriers.sendgridKey,
      ).toString('base64'),
      'x-twilio-email-event-webhook-timestamp': timestamp,
    },
    body,
  });
}

/** One event about a message that SendGrid was handed. */
export function sendgridEvent(mail: Pick<Carried, 'id' | 'deliveryId' | 'to'>, event: string, changes: object = {}) {
  const id = `${mail.id}.recvd-5c9d8b7d4-abcde-1-0`;
  return { event, email: mail.to, delivery_id: mail.deliveryId, sg_message_id: id, sg_event_id: id, ...changes };
}
