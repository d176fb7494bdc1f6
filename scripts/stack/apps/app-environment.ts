import { rolesOf } from '@bank/database';
import { callersFile } from '#stack/apps/app-files.ts';
import { lookupVariables } from '#stack/apps/lookup-variables.ts';
import { messageVariables } from '#stack/apps/message-variables.ts';
import { storageVariables } from '#stack/apps/storage-variables.ts';
import { brokerUrl, brokerUser } from '#stack/provisioning/broker.ts';
import type { TlsFiles } from '#stack/secrets/certificates.ts';
import { checkpointKeyFiles } from '#stack/secrets/checkpoint-keys.ts';
import { keyringFolder } from '#stack/secrets/keyrings.ts';
import type { SecretStore } from '#stack/secrets/secret-store.ts';
import type { AppName } from '#stack/settings/apps.ts';
import { appsCalledBy } from '#stack/settings/rpc-callers.ts';
import type { Broker } from '#stack/stores/broker-management.ts';
import { type Pooler, throughPooler } from '#stack/stores/pgbouncer.ts';
import { databaseUrl, type PostgresServer } from '#stack/stores/postgres-client.ts';
import type { RedisServer } from '#stack/stores/redis.ts';

// Everything in a development stack comes from one address: limits per address are this much wider (.env.example says so).
const IP_MULTIPLIER = '100';

export interface AppPorts {
  readonly http: number;
  readonly rpc: number;
}

/** What the environment of every app is made from. */
export interface AppSurroundings {
  /** The name of the database, of the virtual host, and the beginning of every Redis key. */
  readonly name: string;
  readonly postgres: PostgresServer;
  readonly pooler?: Pooler;
  readonly redis: RedisServer;
  readonly rabbitmq: Broker;
  readonly secrets: SecretStore;
  readonly secretsFolder: string;
  /** Where admin keeps checkpoints of its ledger, outside of the database. */
  readonly checkpointsFolder: string;
  /** Where profile keeps files of users, unless they lie in another storage. */
  readonly storageFolder: string;
  readonly tls: TlsFiles;
  readonly ports: Readonly<Record<AppName, AppPorts>>;
  readonly gatewayUrl: string;
  readonly staffUrl: string;
  readonly smtpUrl: string;
  /** Where the sandbox answers for everybody who is reached by HTTP. */
  readonly sandboxUrl: string;
  /** RPC addresses of what the platform serves. */
  readonly platform: { readonly audit: string; readonly notification: string; readonly kyc: string };
  /** Variables that somebody set in `.env`, or a test sets. */
  readonly overrides: Readonly<Record<string, string>>;
}

/** The variables of one app, as `.env.example` describes them; it gets no secret of another app. */
export function appEnvironment(app: AppName, around: AppSurroundings): Record<string, string> {
  return {
    NODE_ENV: 'development',
    LOG_LEVEL: 'info',
    HTTP_HOST: '127.0.0.1',
    HTTP_PORT: String(around.ports[app].http),
    RPC_HOST: '127.0.0.1',
    RPC_PORT: String(around.ports[app].rpc),
    TRUSTED_PROXIES: '127.0.0.1/32',
    RATE_LIMIT_IP_MULTIPLIER: IP_MULTIPLIER,
    TOKEN_ISSUER: around.gatewayUrl,
    API_ORIGINS: `${around.gatewayUrl},${around.staffUrl}`,
    WEB_ORIGINS: around.gatewayUrl,
    STAFF_ORIGINS: around.staffUrl,
    KEYRING_DIR: keyringFolder(around.secretsFolder, app),
    ...storeVariables(app, around),
    ...rpcVariables(app, around),
    ...(app === 'auth' ? messageVariables(around) : {}),
    ...(app === 'admin' ? ledgerVariables(around) : {}),
    ...(app === 'profile' ? { ...storageVariables(around), ...lookupVariables(around), ...kycVariables(around) } : {}),
    ...around.overrides,
  };
}

function storeVariables(app: AppName, { name, postgres, pooler, redis, rabbitmq, secrets }: AppSurroundings) {
  const role = rolesOf(app).app;
  const user = brokerUser(name, app);
  const direct = databaseUrl(postgres.adminUrl, { database: name, role, password: secrets.password(role) });
  return {
    ...(pooler === undefined
      ? { DATABASE_URL: direct }
      : { DATABASE_URL: throughPooler(direct, pooler), DATABASE_DIRECT_URL: direct }),
    DATABASE_POOL_MAX: '10',
    REDIS_URL: redis.url,
    REDIS_KEY_PREFIX: `${name}:`,
    RABBITMQ_URL: brokerUrl(rabbitmq.url, user, secrets.password(user), name),
    ...fileVariable('DATABASE_CA_FILE', postgres.caFile),
    ...fileVariable('REDIS_CA_FILE', redis.caFile),
    ...fileVariable('RABBITMQ_CA_FILE', rabbitmq.caFile),
  };
}

function rpcVariables(app: AppName, { tls, secretsFolder, ports }: AppSurroundings): Record<string, string> {
  const addresses = appsCalledBy(app).map((callee) => [
    `${callee.toUpperCase()}_RPC_URL`,
    `https://127.0.0.1:${ports[callee].rpc}`,
  ]);
  return {
    TLS_CA_FILE: tls.caFile,
    TLS_CERT_FILE: tls.certFile(app),
    TLS_KEY_FILE: tls.keyFile(app),
    RPC_CALLERS_FILE: callersFile(secretsFolder, app),
    ...Object.fromEntries(addresses),
  };
}

function ledgerVariables({ secretsFolder, checkpointsFolder, platform }: AppSurroundings) {
  const { keyFile, trustedKeysFile } = checkpointKeyFiles(secretsFolder);
  return {
    CHECKPOINT_KEY_FILE: keyFile,
    CHECKPOINT_TRUSTED_KEYS_FILE: trustedKeysFile,
    CHECKPOINT_DIR: checkpointsFolder,
    AUDIT_RPC_URL: platform.audit,
  };
}

function kycVariables({ platform, secrets }: AppSurroundings): Record<string, string> {
  return { KYC_RPC_URL: platform.kyc, KYC_WEBHOOK_SECRET: secrets.password('kyc_webhook') };
}

function fileVariable(name: string, file: string | undefined): Record<string, string> {
  return file === undefined ? {} : { [name]: file };
}
