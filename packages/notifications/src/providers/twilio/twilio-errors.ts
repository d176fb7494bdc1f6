import { type HttpReply, isAway } from '@bank/outbound';
import { DeliveryError } from '#providers/message-provider.ts';

/**
 * Twilio's codes that are about this number, and stay so: not a number, not a mobile, a landline, a short code, a number that
 * has said STOP; of Verify, not a number and a landline.
 */
const aboutTheNumber = new Set([21211, 21214, 21217, 21265, 21610, 21614, 21635, 60200, 60205]);
/** Those about this text: there is none, or it is too long. */
const aboutTheText = new Set([21602, 21617]);

/**
 * Sorts a refusal of Twilio's Messages API, or of Verify. Permanent is what the same message would meet every time; a region that the
 * account may not write to, or a number that Twilio cannot route, another carrier may reach.
 */
export function classifyTwilioError({ status, body }: HttpReply): DeliveryError {
  const given = typeof body === 'object' && body !== null && 'code' in body ? body.code : undefined;
  const isCode = typeof given === 'number' && Number.isInteger(given) && given > 0 && given < 1_000_000;
  const code = isCode ? `TWILIO_${given}` : 'TWILIO_UNKNOWN';
  const recipientRefused = isCode && status === 400 && aboutTheNumber.has(given);
  if (recipientRefused || (isCode && status === 400 && aboutTheText.has(given))) {
    return new DeliveryError('permanent', code, { status, recipientRefused });
  }
  return new DeliveryError('transient', code, { status, carrierAway: isAway(status) });
}
