import { isIP } from 'node:net';
import { envInteger, envList } from '@bank/service-kit';
import * as v from 'valibot';

const envSwitch = v.pipe(
  v.picklist(['0', '1'], 'must be 0 or 1'),
  v.transform((value) => value === '1'),
);

/** What a registration has to meet. */
export const registrationEnv = {
  /** The version of the terms that a registration must accept. */
  TERMS_VERSION: v.optional(
    v.pipe(v.string(), v.regex(/^[A-Za-z0-9._-]{1,32}$/, 'must be letters, digits, ".", "_" or "-"')),
    '2026-01',
  ),
  /** Messages that registrations may send to one address in an hour; more are silently not written (SR-18). */
  REGISTRATION_MAILS_PER_HOUR: v.optional(envInteger(1, 1000), '10'),
  /** Whether addresses of services that give them out for a while are refused. */
  REFUSE_DISPOSABLE_EMAILS: v.optional(envSwitch, '0'),
  /** Whether the DNS is asked if a domain takes mail, how long a registration waits, and the servers (the system's unless said). */
  CHECK_EMAIL_DOMAINS: v.optional(envSwitch, '0'),
  EMAIL_DOMAIN_BUDGET_MS: v.optional(envInteger(50, 5000), '500'),
  DNS_SERVERS: v.optional(
    v.pipe(
      envList,
      v.check(
        (servers) => servers.every(isServer),
        'must be addresses such as 10.0.0.53 or [::1]:53, separated by commas',
      ),
    ),
    '',
  ),
} as const;

/** An IP address, with a port or without. */
function isServer(server: string): boolean {
  const url = URL.parse(`dns://${server.includes('::') && !server.startsWith('[') ? `[${server}]` : server}`);
  return url !== null && url.pathname === '' && url.username === '' && isIP(url.hostname.replace(/^\[|\]$/g, '')) !== 0;
}
