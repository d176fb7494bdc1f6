import { appEnv } from '@bank/composition';
import { readConfig } from '@bank/service-kit';
import * as v from 'valibot';

const ConfigSchema = v.object({
  ...appEnv,
  /** The bank's name, as authenticator apps show it. */
  BRAND: v.optional(v.pipe(v.string(), v.nonEmpty('must be a name'), v.maxLength(40, 'must be a short name')), 'Bank'),
});

export type Config = Readonly<v.InferOutput<typeof ConfigSchema>>;

/** The environment of the service, read once and frozen. @throws ConfigError naming every variable that is wrong */
export function loadConfig(env: NodeJS.ProcessEnv): Config {
  return readConfig(ConfigSchema, env);
}
