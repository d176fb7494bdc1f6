import { appEnv } from '@bank/composition';
import { readConfig } from '@bank/service-kit';
import * as v from 'valibot';
import { webauthnEnv, webauthnProblems } from '#webauthn-config.ts';

const ConfigSchema = v.pipe(
  v.object({
    ...appEnv,
    ...webauthnEnv,
    /** The bank's name, as authenticators show it. */
    BRAND: v.optional(
      v.pipe(v.string(), v.nonEmpty('must be a name'), v.maxLength(40, 'must be a short name')),
      'Bank',
    ),
  }),
  v.rawCheck(({ dataset, addIssue }) => {
    if (!dataset.typed) return;
    const input = dataset.value;
    for (const [key, message] of webauthnProblems(input)) {
      addIssue({ message, path: [{ type: 'object', origin: 'value', input, key, value: input[key] }] });
    }
  }),
);

export type Config = Readonly<v.InferOutput<typeof ConfigSchema>>;

/** The environment of the service, read once and frozen. @throws ConfigError naming every variable that is wrong */
export function loadConfig(env: NodeJS.ProcessEnv): Config {
  return readConfig(ConfigSchema, env);
}
