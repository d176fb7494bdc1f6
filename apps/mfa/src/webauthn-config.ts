import { readFileSync } from 'node:fs';
import { audiences } from '@bank/domain';
import { envFile, envList } from '@bank/service-kit';
import * as v from 'valibot';

const domain = /^(?!\d+(\.\d+){3}$)[a-z0-9-]+(\.[a-z0-9-]+)*$/;
const androidApp = /^android:apk-key-hash:[A-Za-z0-9_-]{43}$/;

/** The variables about passkeys. */
export const webauthnEnv = {
  /** The domain that passkeys belong to, that of all pages or one above them; the host of TOKEN_ISSUER unless said. */
  WEBAUTHN_RP_ID: v.optional(v.pipe(v.string(), v.regex(domain, 'must be a domain such as bank.example'))),
  /** Origins of native apps of customers, which sign as `android:apk-key-hash:…`, by commas. */
  WEBAUTHN_APP_ORIGINS: v.optional(
    v.pipe(
      envList,
      v.check(
        (origins) => origins.every((origin) => androidApp.test(origin)),
        'must be origins such as android:apk-key-hash:<43 characters of base64url>, separated by commas',
      ),
    ),
    '',
  ),
  /** Whether authenticators are asked who made them: `none` or `direct`. */
  WEBAUTHN_ATTESTATION: v.optional(v.picklist(['none', 'direct'], 'must be none or direct'), 'none'),
  /** Certificates in PEM of the makers whose word for an authenticator is taken; nobody's unless said. */
  WEBAUTHN_ATTESTATION_ROOTS_FILE: v.optional(envFile),
};

interface Variables {
  readonly TOKEN_ISSUER: string;
  readonly WEB_ORIGINS: readonly string[];
  readonly STAFF_ORIGINS: readonly string[];
  readonly BRAND: string;
  readonly WEBAUTHN_RP_ID?: string | undefined;
  readonly WEBAUTHN_APP_ORIGINS: readonly string[];
  readonly WEBAUTHN_ATTESTATION: 'none' | 'direct';
  readonly WEBAUTHN_ATTESTATION_ROOTS_FILE?: string | undefined;
}

/** What WebAuthn calls us: the relying party. */
export interface RelyingParty {
  readonly id: string;
  readonly name: string;
  readonly attestation: 'none' | 'direct';
  /** Certificates of makers, in PEM. */
  readonly trustedRoots: readonly string[];
  /** Where a passkey may be used for a session of that audience: a page of customers never opens one of staff. */
  originsOf(audience: string): readonly string[];
}

/** The relying party that the configuration describes. */
export function relyingPartyOf(config: Variables): RelyingParty {
  const id = rpIdOf(config);
  const rootsFile = config.WEBAUTHN_ATTESTATION_ROOTS_FILE;
  const pages = (origins: readonly string[]) => origins.filter((origin) => isWithin(origin, id));
  const ofCustomers = [...pages(config.WEB_ORIGINS), ...config.WEBAUTHN_APP_ORIGINS];
  const ofStaff = pages(config.STAFF_ORIGINS);
  const origins: Readonly<Record<string, readonly string[]>> = {
    [audiences.customers]: ofCustomers,
    [audiences.staff]: ofStaff,
    [audiences.enrolment]: ofStaff,
  };
  return {
    id,
    name: config.BRAND,
    attestation: config.WEBAUTHN_ATTESTATION,
    trustedRoots: rootsFile === undefined ? [] : certificatesIn(readFileSync(rootsFile, 'utf8')),
    originsOf: (audience) => (Object.hasOwn(origins, audience) ? (origins[audience] ?? []) : []),
  };
}

/** What is wrong with the variables together: a domain that no page lies in lets nobody make a passkey. */
export function webauthnProblems(config: Variables): (readonly ['WEBAUTHN_RP_ID', string])[] {
  const pages = [...config.WEB_ORIGINS, ...config.STAFF_ORIGINS];
  const id = rpIdOf(config);
  if (pages.length === 0 || pages.some((origin) => isWithin(origin, id))) return [];
  return [
    ['WEBAUTHN_RP_ID', `must be the domain of a page of WEB_ORIGINS or STAFF_ORIGINS, or one above it; ${id} is not`],
  ];
}

function rpIdOf({ WEBAUTHN_RP_ID, TOKEN_ISSUER }: Variables): string {
  return WEBAUTHN_RP_ID ?? new URL(TOKEN_ISSUER).hostname;
}

function isWithin(origin: string, id: string): boolean {
  const { hostname } = new URL(origin);
  return hostname === id || hostname.endsWith(`.${id}`);
}

function certificatesIn(pem: string): readonly string[] {
  return pem.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
}
