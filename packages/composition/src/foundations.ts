import {
  connectDatabase,
  createIdempotencyStore,
  createPiiVault,
  createUnitOfWork,
  type Database,
  type Entities,
  type IdempotencyStore,
  type PiiVault,
  type UnitOfWork,
} from '@bank/database';
import { type Clock, type IdSource, systemClock, systemIds } from '@bank/domain';
import {
  createLogger,
  createMetrics,
  type ErrorTracker,
  type Logger,
  type Metrics,
  startErrorTracking,
} from '@bank/observability';
import { connectRedis, createRateLimitStore, type RateLimitStore, type RedisConnection } from '@bank/redis';
import { type CursorCodec, createCursorCodec } from '@bank/security';
import type { BaseConfig } from '@bank/service-kit';
import type { ProofChecker, Verifier } from '@bank/verifier';
import type { EntityManager } from '@mikro-orm/postgresql';
import type { PeopleDirectory } from '#approvals/people-directory.ts';
import { openKeyManagement } from '#keys/key-management.ts';
import { type KeyringFolder, openKeyringFolder } from '#keys/keyrings.ts';
import { openProofChecker } from '#proof-checker.ts';

/** What every app stands on, whatever it does. */
export interface Foundations {
  /** The app's name: its schema, its role, its name in logs, events and certificates. */
  readonly service: string;
  readonly clock: Clock;
  readonly ids: IdSource;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly errors: ErrorTracker;
  readonly keyrings: KeyringFolder;
  readonly database: Database;
  readonly redis: RedisConnection;
  readonly rateLimits: RateLimitStore;
  readonly idempotency: IdempotencyStore;
  /** Checks proofs of possession of keys that tokens are bound to. */
  readonly proofs: ProofChecker;
  /** Seals personal data of the app's schema. */
  readonly vault: PiiVault;
  readonly cursors: CursorCodec;
  /** The unit of work over the app's own repositories. */
  unitOfWorkOf<R extends object>(repositories: (em: EntityManager) => R): UnitOfWork<R>;
}

/** What a test puts in place of the real thing. */
export interface Overrides {
  readonly clock?: Clock;
  readonly ids?: IdSource;
  readonly logger?: Logger;
  readonly verifier?: Verifier;
  /** For apps that judge people. */
  readonly people?: PeopleDirectory;
}

export interface FoundationsOptions {
  readonly service: string;
  readonly entities: Entities;
  readonly overrides?: Overrides;
}

/**
 * Lays the foundations of an app from its configuration. Connections are made in the background: an app starts, unready,
 * while what it stands on is away. @throws KeyringInvalid, KeyManagementFailed, or Error for addresses that contradict each other
 */
export async function createFoundations(config: BaseConfig, options: FoundationsOptions): Promise<Foundations> {
  const { service, entities, overrides = {} } = options;
  const { clock = systemClock, ids = systemIds } = overrides;
  const logger = overrides.logger ?? createLogger({ service, level: config.LOG_LEVEL });
  const metrics = createMetrics({ service });
  const errors = await startErrorTracking({
    ...(config.SENTRY_DSN && { dsn: config.SENTRY_DSN.reveal() }),
    environment: config.NODE_ENV,
    release: config.RELEASE,
    service,
  });
  const keyManagement = await openKeyManagement(config);
  const keyrings = await openKeyringFolder(config, { app: service, keyManagement, logger, metrics });
  const database = await openDatabase(config, { service, entities, metrics });
  const redis = openRedis(config, { service, logger });
  const vault = createPiiVault({ schema: service, keyring: keyrings.open('kek'), clock, ids });
  return {
    service,
    clock,
    ids,
    logger,
    metrics,
    errors,
    keyrings,
    database,
    redis,
    vault,
    rateLimits: createRateLimitStore(redis, { logger }),
    proofs: openProofChecker(config, { clock, keyrings, logger, redis }),
    idempotency: createIdempotencyStore({ database, vault, keyring: keyrings.open('idempotency') }),
    cursors: createCursorCodec(keyrings.open('cursor')),
    unitOfWorkOf: (repositories) =>
      createUnitOfWork({
        database,
        repositories,
        deliveryKeys: keyrings.open('delivery'),
        clock,
        ids,
        refuseUnauditedWrites: config.NODE_ENV !== 'production',
      }),
  };
}

function openDatabase(
  config: BaseConfig,
  { service, entities, metrics }: { service: string; entities: Entities; metrics: Metrics },
): Promise<Database> {
  return connectDatabase({
    url: config.DATABASE_URL,
    ...(config.DATABASE_DIRECT_URL && { directUrl: config.DATABASE_DIRECT_URL }),
    caFile: config.DATABASE_CA_FILE,
    poolMax: config.DATABASE_POOL_MAX,
    schema: service,
    service,
    entities,
    metrics,
  });
}

function openRedis(config: BaseConfig, { service, logger }: { service: string; logger: Logger }): RedisConnection {
  return connectRedis({
    url: config.REDIS_URL,
    ...(config.REDIS_CA_FILE && { caFile: config.REDIS_CA_FILE }),
    keyPrefix: config.REDIS_KEY_PREFIX,
    service,
    logger,
  });
}
