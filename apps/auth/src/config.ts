import { baseEnv, envInteger, envRpcUrl, envUrl, readConfig } from '@bank/service-kit';
import * as v from 'valibot';
import { messageEnv, messageProblems } from '#message-config.ts';
import { passwordEnv, passwordProblems } from '#password-config.ts';
import { registrationEnv } from '#registration-config.ts';

const ConfigSchema = v.pipe(
  v.object({
    ...baseEnv,
    ...messageEnv,
    ...passwordEnv,
    ...registrationEnv,
    MFA_RPC_URL: envRpcUrl,
    DEVICE_RPC_URL: envRpcUrl,
    PROFILE_RPC_URL: envRpcUrl,
    /** Where links in messages lead, those of customers and those of staff. Never taken from a request (SR-37). */
    PUBLIC_BASE_URL: envUrl('http', 'https'),
    STAFF_BASE_URL: envUrl('http', 'https'),
    /** The bank's name in messages. */
    BRAND: v.optional(
      v.pipe(v.string(), v.nonEmpty('must be a name'), v.maxLength(40, 'must be a short name')),
      'Bank',
    ),
    /** How long a device that its user trusts stands for their second factor, in days (SR-35); 0: never. */
    TRUSTED_DEVICE_DAYS: v.optional(envInteger(0, 365), '30'),
    /** How long a number that took the place of another gets no codes, in days (SR-28). */
    PHONE_COOL_DOWN_DAYS: v.optional(envInteger(0, 30), '3'),
    /** How long a proven recovery of an account waits before it is carried out, in hours (SR-43). */
    RECOVERY_DELAY_HOURS: v.optional(envInteger(0, 720), '24'),
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
