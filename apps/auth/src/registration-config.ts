import { isIP, isIPv4, isIPv6 } from 'node:net';
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
  /**
   * Messages that registrations may send to one address in an hour, of which one client network has three and never all, so at least
   * two; more are silently not written (SR-18).
   */
  REGISTRATION_MAILS_PER_HOUR: v.optional(envInteger(2, 1000), '10'),
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

const withPort = /^(?:\[(?<v6>[^\]]+)\](?::(?<port6>\d{1,5}))?|(?<v4>[\d.]+):(?<port4>\d{1,5}))$/;

/** An IP address, with a port or without: what the resolver takes. */
function isServer(server: string): boolean {
  if (isIP(server) !== 0) return true;
  const { v4 = '', port4, v6 = '', port6 } = withPort.exec(server)?.groups ?? {};
  const port = Number(port4 ?? port6 ?? 53);
  return (isIPv4(v4) || isIPv6(v6)) && port >= 1 && port <= 65_535;
}
