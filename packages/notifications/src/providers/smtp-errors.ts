import { DeliveryError } from '#providers/message-provider.ts';

// Refusals that are about us or the session and not about this message: they pass once somebody has put them right.
const ourOwnFault = new Set([502, 503, 530, 534, 535, 538]);

/**
 * Sorts a failure of SMTP: 5yz replies are permanent and 4yz transient (RFC 5321 §4.2.1), except replies about our own
 * credentials or order of commands; without a reply (network, TLS, timeout) it is transient, except an address that the
 * client itself refused.
 */
export function classifySmtpError(error: unknown): DeliveryError {
  const { code: given, responseCode } = fieldsOf(error);
  const code = typeof given === 'string' && /^[A-Z_]{1,30}$/.test(given) ? given : 'UNKNOWN';
  if (typeof responseCode === 'number') {
    const permanent = responseCode >= 500 && responseCode < 600 && !ourOwnFault.has(responseCode);
    return new DeliveryError(permanent ? 'permanent' : 'transient', code, responseCode);
  }
  return new DeliveryError(code === 'EENVELOPE' ? 'permanent' : 'transient', code);
}

function fieldsOf(error: unknown): { code?: unknown; responseCode?: unknown } {
  return typeof error === 'object' && error !== null ? error : {};
}
