import { appEnv } from '@bank/composition';
import { readConfig } from '@bank/service-kit';
import * as v from 'valibot';
import { settingsEnv } from '#settings-config.ts';

const ConfigSchema = v.object({ ...appEnv, ...settingsEnv });

export type Config = Readonly<v.InferOutput<typeof ConfigSchema>>;

/** The environment of the service, read once and frozen. @throws ConfigError naming every variable that is wrong */
export function loadConfig(env: NodeJS.ProcessEnv): Config {
  return readConfig(ConfigSchema, env);
}
