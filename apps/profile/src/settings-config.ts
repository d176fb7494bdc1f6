import { CurrencySchema, TimeZoneSchema } from '@bank/domain';
import { envList } from '@bank/service-kit';
import * as v from 'valibot';
import { consentPurposeNames } from '#consent-purposes.ts';

const textVersion = /^[A-Za-z0-9._-]{1,32}$/;
const settable: readonly string[] = consentPurposeNames.filter((purpose) => purpose !== 'terms');

function isPair(pair: string): boolean {
  const [purpose = '', version = '', ...rest] = pair.split('=');
  return settable.includes(purpose) && textVersion.test(version) && rest.length === 0;
}

function codeOf(schema: v.GenericSchema<string>, message: string) {
  return v.pipe(
    v.string(),
    v.check((code) => v.is(schema, code), message),
  );
}

/** What users have who have chosen nothing, and the texts that consents are about. */
export const settingsEnv = {
  DEFAULT_CURRENCY: v.optional(codeOf(CurrencySchema, 'must be a code of ISO 4217'), 'EUR'),
  DEFAULT_TIME_ZONE: v.optional(codeOf(TimeZoneSchema, 'must be a time zone of IANA'), 'UTC'),
  /** The version of the terms that a registration must accept: the same as auth's. */
  TERMS_VERSION: v.optional(
    v.pipe(v.string(), v.regex(textVersion, 'must be letters, digits, ".", "_" or "-"')),
    '2026-01',
  ),
  /** The versions of the other texts; 2026-01 for a purpose that is not named. */
  CONSENT_VERSIONS: v.optional(
    v.pipe(
      envList,
      v.check((pairs) => pairs.every(isPair), `must be <purpose>=<version> by commas, of ${settable.join(', ')}`),
      v.transform((pairs) => new Map(pairs.map((pair) => pair.split('=') as [string, string]))),
    ),
    '',
  ),
} as const;
