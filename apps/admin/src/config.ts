import { appEnv } from '@bank/composition';
import { envDirectory, envFile, envRpcUrl, readConfig } from '@bank/service-kit';
import * as v from 'valibot';

const ConfigSchema = v.object({
  ...appEnv,
  MFA_RPC_URL: envRpcUrl,
  PROFILE_RPC_URL: envRpcUrl,
  DEVICE_RPC_URL: envRpcUrl,
  /** The key that signs checkpoints of the ledger: PKCS #8 in PEM, on P-256. Never in the database. */
  CHECKPOINT_KEY_FILE: envFile,
  /** Public keys, a JWK set: of that key, and of those that signed before it. */
  CHECKPOINT_TRUSTED_KEYS_FILE: envFile,
  /** Where checkpoints are kept outside of the database. */
  CHECKPOINT_DIR: envDirectory,
  /** The platform's Audit service, to which entries of the ledger go on; without it they stay here. */
  AUDIT_RPC_URL: v.optional(envRpcUrl),
});

export type Config = Readonly<v.InferOutput<typeof ConfigSchema>>;

/** The environment of the service, read once and frozen. @throws ConfigError naming every variable that is wrong */
export function loadConfig(env: NodeJS.ProcessEnv): Config {
  return readConfig(ConfigSchema, env);
}
