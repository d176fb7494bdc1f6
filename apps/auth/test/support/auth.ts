import { vhostDefinitions } from '@bank/messaging';
import { createLogger } from '@bank/observability';
import { createPasswordHasher, type PasswordHasher, staticKeyring } from '@bank/security';
import type { Service } from '@bank/service-kit';
import { type TestDatabase, type TestRabbitVhost, testRabbitVhost, testRedis } from '@bank/testing';
import { afterAll } from 'vitest';
import { loadConfig } from '#config.ts';
import { type AppContext, createContext } from '#context.ts';
import { assembleService } from '#service.ts';
import { type Carriers, startCarriers } from './carriers.ts';
import { type ShiftedClock, shiftedClock } from './clock.ts';
import { authDatabase } from './database.ts';
import { type Files, makeFiles } from './environment.ts';
import { type Mailbox, startMailbox } from './mailbox.ts';
import { answersOf, type Neighbours, usualAnswers } from './neighbours.ts';

/** A running auth service on real Postgres, Redis, RabbitMQ and SMTP. */
export interface TestAuth {
  ctx: AppContext;
  service: Service;
  url: string;
  clock: ShiftedClock;
  database: TestDatabase;
  broker: TestRabbitVhost;
  mailbox: Mailbox;
  /** Twilio and SendGrid. */
  carriers: Carriers;
  files: Files;
  /** What device and mfa answer, to be changed by a test. */
  neighbours: Neighbours;
}

export interface StartOptions {
  env?: Record<string, string>;
  callers?: object;
  /** Hashing with production's costs, instead of the cheapest there is. */
  realHashing?: boolean;
  /** In place of the cheapest one. */
  hasher?: PasswordHasher;
  /** Not started: no ports, no workers. */
  idle?: boolean;
}

export const origin = 'https://app.bank.example';
export const staffOrigin = 'https://staff.bank.example';

/** The cheapest Argon2id there is, where the number of hashes matters and not their strength. */
export function cheapHasher({ memoryKib = 64, keyId = 'k1' } = {}): PasswordHasher {
  const keys = { k0: new Uint8Array(32).fill(6), k1: new Uint8Array(32).fill(7) };
  const pepper = staticKeyring('pepper', keys, keyId);
  return createPasswordHasher({ pepper, parameters: { memoryKib, iterations: 1, parallelism: 1 }, queueMax: 5000 });
}

/** What no test needs to differ. */
export const basics = {
  NODE_ENV: 'test',
  HTTP_PORT: '0',
  RPC_PORT: '0',
  TOKEN_ISSUER: 'https://id.bank.example',
  MFA_RPC_URL: 'https://127.0.0.1:9',
  DEVICE_RPC_URL: 'https://127.0.0.1:9',
  PROFILE_RPC_URL: 'https://127.0.0.1:9',
  MAIL_FROM: 'Bank <no-reply@bank.example>',
  PUBLIC_BASE_URL: origin,
  STAFF_BASE_URL: staffOrigin,
  WEB_ORIGINS: origin,
  STAFF_ORIGINS: staffOrigin,
  TRUSTED_PROXIES: '127.0.0.1',
  RATE_LIMIT_IP_MULTIPLIER: '1000',
  REGISTRATION_MAILS_PER_HOUR: '1000',
  SHUTDOWN_DELAY_MS: '0',
} as const;

/** Starts a service for one test file; it is stopped when the file ends. */
export async function startAuth(options: StartOptions = {}): Promise<TestAuth> {
  const auth = await runAuth(options);
  afterAll(() => stop(auth));
  return auth;
}

/** Starts a service that whoever starts it stops. */
export async function runAuth(options: StartOptions): Promise<TestAuth> {
  const redis = testRedis();
  const [database, vhost, mailbox, carriers, files] = await Promise.all([
    authDatabase(),
    testRabbitVhost({ definitions: vhostDefinitions({ app: 'auth' }) }),
    startMailbox(),
    startCarriers(),
    makeFiles(options.callers ?? {}),
  ]);
  const config = loadConfig({
    ...basics,
    LOG_LEVEL: process.env['LOG_LEVEL'] ?? 'fatal',
    ...database.variablesFor('auth_app'),
    REDIS_URL: redis.url,
    REDIS_KEY_PREFIX: redis.keyPrefix,
    RABBITMQ_URL: vhost.url,
    SMTP_URL: mailbox.url,
    ...carriers.env,
    ...files.env,
    ...options.env,
  });
  const clock = shiftedClock();
  const neighbours = usualAnswers();
  const ctx = await createContext(config, {
    clock,
    logger: createLogger({ service: 'auth', level: config.LOG_LEVEL }),
    ...(options.realHashing === true ? {} : { hasher: options.hasher ?? cheapHasher() }),
    ...answersOf(neighbours, clock),
  });
  const service = assembleService(ctx);
  if (options.idle !== true) await service.start();
  const url = `http://127.0.0.1:${service.httpPort}`;
  return { ctx, service, url, clock, database, broker: vhost, mailbox, carriers, files, neighbours };
}

async function stop({ service, mailbox, carriers, database, broker }: TestAuth): Promise<void> {
  await service.stop();
  await Promise.all([mailbox.close(), carriers.close(), database.drop()]);
  broker.release();
}
