import * as v from 'valibot';
import {
  envDirectory,
  envFile,
  envInteger,
  envNetworks,
  envOrigins,
  envPort,
  envSchedule,
  envSecret,
  envSecretUrl,
  envUrl,
} from '#config/values.ts';

const environments = ['development', 'test', 'production'] as const;
const logLevels = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;

/**
 * The variables every app reads, to spread into its own schema: `v.object({ ...baseEnv, SMTP_URL: … })`. A variable
 * keeps its name in the configuration, so that a search for it finds every use. Nothing said means production.
 */
export const baseEnv = {
  NODE_ENV: v.optional(v.picklist(environments, `must be one of ${environments.join(', ')}`), 'production'),
  /** The version that runs, for error reports. */
  RELEASE: v.optional(v.string(), 'development'),
  LOG_LEVEL: v.optional(v.picklist(logLevels, `must be one of ${logLevels.join(', ')}`), 'info'),
  HTTP_HOST: v.optional(v.string(), '127.0.0.1'),
  HTTP_PORT: envPort,
  RPC_HOST: v.optional(v.string(), '127.0.0.1'),
  RPC_PORT: envPort,
  DATABASE_URL: envSecretUrl('postgres', 'postgresql'),
  /** Past a connection pooler, for LISTEN. */
  DATABASE_DIRECT_URL: v.optional(envSecretUrl('postgres', 'postgresql')),
  DATABASE_CA_FILE: v.optional(envFile),
  DATABASE_POOL_MAX: v.optional(envInteger(1, 200), '10'),
  REDIS_URL: envSecretUrl('redis', 'rediss'),
  REDIS_CA_FILE: v.optional(envFile),
  REDIS_KEY_PREFIX: v.optional(
    v.pipe(v.string(), v.regex(/^[\w:-]{0,64}$/, 'must be letters, digits, ":" or "-"')),
    '',
  ),
  RABBITMQ_URL: envSecretUrl('amqp', 'amqps'),
  RABBITMQ_CA_FILE: v.optional(envFile),
  TLS_CA_FILE: envFile,
  TLS_CERT_FILE: envFile,
  TLS_KEY_FILE: envFile,
  RPC_CALLERS_FILE: envFile,
  TOKEN_ISSUER: envUrl('https', 'http'),
  /** Origins under which clients reach the API: what their proofs of possession name. That of TOKEN_ISSUER unless said. */
  API_ORIGINS: v.optional(envOrigins, ''),
  KEYRING_DIR: envDirectory,
  /** The key management service that wraps keyrings, and the key of it; without one they are files as they are. */
  KMS_PROVIDER: v.optional(v.picklist(['aws'], 'must be aws')),
  KMS_KEY_ID: v.optional(v.string()),
  KMS_REGION: v.optional(v.string()),
  /** Where it is, when it is not the public endpoint of the region. */
  KMS_ENDPOINT: v.optional(envUrl('https', 'http')),
  SENTRY_DSN: v.optional(envSecret),
  /** Origins of pages that browsers may call from: those for customers, and those for staff. */
  WEB_ORIGINS: v.optional(envOrigins, ''),
  STAFF_ORIGINS: v.optional(envOrigins, ''),
  TRUSTED_PROXIES: v.optional(envNetworks, ''),
  /** When tables are trimmed and partitions kept, as a cron pattern in UTC; once at the start of a process as well. */
  HOUSEKEEPING_SCHEDULE: v.optional(envSchedule, '17 * * * *'),
  RATE_LIMIT_IP_MULTIPLIER: v.optional(envInteger(1, 10_000), '1'),
  /** How long a process that was told to stop goes on answering, unready: longer than load balancers take to notice. */
  SHUTDOWN_DELAY_MS: v.optional(envInteger(0, 3000), '1000'),
} as const;

const BaseEnvSchema = v.object(baseEnv);

export type BaseConfig = Readonly<v.InferOutput<typeof BaseEnvSchema>>;
