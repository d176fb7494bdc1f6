import { baseEnv, envInteger, envRpcUrl, envUrl, readConfig } from '@bank/service-kit';
import * as v from 'valibot';
import { messageEnv, messageProblems } from '#message-config.ts';
import { passwordEnv, passwordProblems } from '#password-config.ts';

const ConfigSchema = v.pipe(
  v.object({
    ...baseEnv,
    ...messageEnv,
    ...passwordEnv,
    MFA_RPC_URL: envRpcUrl,
    DEVICE_RPC_URL: envRpcUrl,
    /** Where links in messages lead, those of customers and those of staff. Never taken from a request (SR-37). */
    PUBLIC_BASE_URL: envUrl('http', 'https'),
    STAFF_BASE_URL: envUrl('http', 'https'),
    /** The bank's name in messages. */
    BRAND: v.optional(
      v.pipe(v.string(), v.nonEmpty('must be a name'), v.maxLength(40, 'must be a short name')),
      'Bank',
    ),
    /** The version of the terms that a registration must accept. */
    TERMS_VERSION: v.optional(
      v.pipe(v.string(), v.regex(/^[A-Za-z0-9._-]{1,32}$/, 'must be letters, digits, ".", "_" or "-"')),
      '2026-01',
    ),
    /** How long a number that took the place of another gets no codes, in days (SR-28). */
    PHONE_COOL_DOWN_DAYS: v.optional(envInteger(0, 30), '3'),
    /** Messages that registrations may send to one address in an hour; more are silently not written (SR-18). */
    REGISTRATION_MAILS_PER_HOUR: v.optional(envInteger(1, 1000), '10'),
  }),
  v.rawCheck(({ dataset, addIssue }) => {
    if (!dataset.typed) return;
    const input = dataset.value;
    for (const [key, message] of [...messageProblems(input), ...passwordProblems(input)]) {
      addIssue({ message, path: [{ type: 'object', origin: 'value', input, key, value: input[key] }] });
    }
  }),
);

export type Config = Readonly<v.InferOutput<typeof ConfigSchema>>;

/** The environment of the service, read once and frozen. @throws ConfigError naming every variable that is wrong */
export function loadConfig(env: NodeJS.ProcessEnv): Config {
  return readConfig(ConfigSchema, env);
}
