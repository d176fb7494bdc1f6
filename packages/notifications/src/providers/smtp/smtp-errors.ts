import { DeliveryError } from '#providers/message-provider.ts';

// Refusals that are about us or the session and not about this message: they pass once somebody has put them right.
const ourOwnFault = new Set([502, 503, 530, 534, 535, 538]);
// What the mail library calls a failure of the recipient or of the content; TLS, sign-in and the rest have names of their own.
const aboutTheMessage = new Set(['EENVELOPE', 'EMESSAGE']);
// The mailbox or its domain, by the enhanced code (RFC 3463 §3.2, §3.3): a bare 550 may as well be about whoever sends.
const aboutTheMailbox = /^5\d\d[ -]5\.(?:1\.(?:[1-6]|10)|2\.[0-4])\b/;

/**
 * Sorts a failure of SMTP. Permanent is a 5yz reply (RFC 5321 §4.2.1) to the recipient or the message itself, and an address
 * that the client already refused. Transient is everything else: 4yz, network, TLS, timeouts, our sender or credentials.
 * A reply to one recipient or message says nothing about the carrier; everything else that is transient does.
 */
export function classifySmtpError(error: unknown): DeliveryError {
  const { code: given, response, responseCode, command } = fieldsOf(error);
  const code = typeof given === 'string' && /^[A-Z_]{1,30}$/.test(given) ? given : 'UNKNOWN';
  if (typeof responseCode !== 'number') {
    return code === 'EENVELOPE'
      ? new DeliveryError('permanent', code)
      : new DeliveryError('transient', code, { carrierAway: true });
  }
  const isAboutIt = aboutTheMessage.has(code) && command !== 'MAIL FROM' && !ourOwnFault.has(responseCode);
  const isPermanent = isAboutIt && responseCode >= 500 && responseCode < 600;
  const status = responseCode;
  return isPermanent
    ? new DeliveryError('permanent', code, { status, recipientRefused: aboutTheMailbox.test(String(response)) })
    : new DeliveryError('transient', code, { status, carrierAway: !isAboutIt || responseCode === 421 });
}

function fieldsOf(error: unknown): { code?: unknown; response?: unknown; responseCode?: unknown; command?: unknown } {
  return typeof error === 'object' && error !== null ? error : {};
}
