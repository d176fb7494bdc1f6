import { appEnv } from '@bank/composition';
import { envInteger, readConfig } from '@bank/service-kit';
import * as v from 'valibot';
import { kycEnv } from '#kyc-config.ts';
import { lookupEnv, lookupProblems } from '#lookup-config.ts';
import { settingsEnv } from '#settings-config.ts';
import { storageEnv, storageProblems } from '#storage-config.ts';

const ConfigSchema = v.pipe(
  v.object({
    ...appEnv,
    ...kycEnv,
    ...settingsEnv,
    ...storageEnv,
    ...lookupEnv,
    /** How old somebody has to be to be a customer. */
    CUSTOMER_AGE_MIN_YEARS: v.optional(envInteger(0, 30), '18'),
  }),
  v.rawCheck(({ dataset, addIssue }) => {
    if (!dataset.typed) return;
    const input = dataset.value;
    for (const [key, message] of [...storageProblems(input), ...lookupProblems(input)]) {
      addIssue({ message, path: [{ type: 'object', origin: 'value', input, key, value: input[key] }] });
    }
  }),
);

export type Config = Readonly<v.InferOutput<typeof ConfigSchema>>;

/** The environment of the service, read once and frozen. @throws ConfigError naming every variable that is wrong */
export function loadConfig(env: NodeJS.ProcessEnv): Config {
  return readConfig(ConfigSchema, env);
}
