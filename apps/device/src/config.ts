import { appEnv } from '@bank/composition';
import { envRpcUrl, readConfig } from '@bank/service-kit';
import * as v from 'valibot';

const ConfigSchema = v.object({ ...appEnv, MFA_RPC_URL: envRpcUrl });

export type Config = Readonly<v.InferOutput<typeof ConfigSchema>>;

/** The environment of the service, read once and frozen. @throws ConfigError naming every variable that is wrong */
export function loadConfig(env: NodeJS.ProcessEnv): Config {
  return readConfig(ConfigSchema, env);
}
