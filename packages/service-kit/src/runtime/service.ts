import type { Server } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import type { Clock } from '@bank/domain';
import { systemClock } from '@bank/domain';
import type { ErrorTracker, Logger, Metrics } from '@bank/observability';
import type { ProofChecker } from '@bank/verifier';
import type { BaseConfig } from '#config/base-env.ts';
import { createHttpApp, type HttpFetch } from '#http/app.ts';
import type { Route } from '#http/contract/route.ts';
import type { TokenVerifier } from '#http/guards/authentication.ts';
import { type CorsOptions, createCorsPolicy } from '#http/guards/cors.ts';
import type { IdempotencyStore } from '#http/guards/idempotency.ts';
import type { RateLimitStore } from '#http/guards/rate-limit.ts';
import { createClientAddresses } from '#http/input/client-address.ts';
import { createHttpServer, type HttpTimeouts, httpTimeouts } from '#http/server.ts';
import { openApiDocument } from '#openapi/document.ts';
import { opsPages } from '#ops/pages.ts';
import { createReadiness, type Dependency, type Readiness } from '#ops/readiness.ts';
import type { RpcService } from '#rpc/define-rpc.ts';
import { createRpcServer, type RpcServer } from '#rpc/server/server.ts';
import { drain } from '#runtime/drain.ts';
import { withinTime } from '#runtime/failure.ts';
import { listen } from '#runtime/ports.ts';
import { createRefusals, type DenialLog, type Refusals } from '#runtime/refusals.ts';

/** Something that runs beside the ports: a relay, consumers, a scheduled job. */
export interface Worker {
  start(): Promise<void>;
  stop(): Promise<void>;
}

export type ServiceConfig = Pick<
  BaseConfig,
  | 'NODE_ENV'
  | 'HTTP_HOST'
  | 'HTTP_PORT'
  | 'RPC_HOST'
  | 'RPC_PORT'
  | 'TLS_CA_FILE'
  | 'TLS_CERT_FILE'
  | 'TLS_KEY_FILE'
  | 'RPC_CALLERS_FILE'
  | 'TRUSTED_PROXIES'
  | 'RATE_LIMIT_IP_MULTIPLIER'
  | 'SHUTDOWN_DELAY_MS'
>;

/** How long things take; the defaults are those of production. Tests shorten them. */
export interface ServiceTimings {
  /** Between the first failing readiness probe and closed ports, for load balancers to notice. They keep idle connections for less. */
  readonly drainDelayMs: number;
  readonly inFlightMs: number;
  readonly workersMs: number;
  /** The deadline of a call that names none. */
  readonly rpcDeadlineMs: number;
  /** How long nothing may move on a stream before it is cut off. */
  readonly streamStallMs: number;
  readonly http: HttpTimeouts;
}

export interface ServiceOptions<C> {
  readonly name: string;
  readonly version?: string;
  readonly config: ServiceConfig;
  /** What routes and methods are handed as `ctx`. */
  readonly context: C;
  readonly routes: readonly Route<C>[];
  readonly rpc: readonly RpcService<C>[];
  /** Readiness asks each of them. */
  readonly dependencies: Readonly<Record<string, Dependency>>;
  readonly workers: readonly Worker[];
  /** Started before the ports open, stopped after they closed. */
  readonly verifier?: TokenVerifier & Partial<Worker>;
  /** Checks proofs of possession; without it nothing that is bound to a key is taken. */
  readonly proofs?: ProofChecker;
  /** Audiences of access tokens that routes take unless they say otherwise; all that the verifier takes when left out. */
  readonly audiences?: readonly string[];
  readonly cors?: CorsOptions;
  readonly rateLimits: RateLimitStore;
  readonly idempotency?: IdempotencyStore;
  /** Where denials of known callers are kept; only logged and counted when left out. */
  readonly denials?: DenialLog;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly errors: ErrorTracker;
  readonly clock?: Clock;
  readonly timings?: Partial<ServiceTimings>;
  /** Closes pools and connections, last of all. */
  close(): Promise<void>;
}

export interface Service {
  readonly name: string;
  /** Opens the ports and starts the workers. @throws PortError, ConfigError, or what a worker throws; nothing stays open */
  start(): Promise<void>;
  /** Drains and closes everything, in order. Never throws; safe to call twice. */
  stop(): Promise<void>;
  /** The ports in use; zero before the start. */
  readonly httpPort: number;
  readonly rpcPort: number;
  /** The HTTP side without a socket, for tests. */
  fetch(request: Request): Promise<Response>;
  /** Notes an error that nobody caught. */
  reportFatal(error: unknown): void;
}

/** With the default timings all parts together stay below the 25 s that a process has to stop. */
const closeMs = 3000;

const defaultTimings: Omit<ServiceTimings, 'drainDelayMs'> = {
  inFlightMs: 10_000,
  workersMs: 5000,
  rpcDeadlineMs: 10_000,
  streamStallMs: 60_000,
  http: httpTimeouts,
};

/**
 * Puts a service together: HTTP port, RPC port, workers, health and shutdown. Nothing runs before `start`.
 * @throws TypeError when routes contradict each other or need a port that was not handed in
 */
export function composeService<C>(options: ServiceOptions<C>): Service {
  return new ComposedService(options);
}

class ComposedService<C> implements Service {
  readonly #options: ServiceOptions<C>;
  readonly #timings: ServiceTimings;
  readonly #fetch: HttpFetch;
  readonly #refusals: Refusals;
  readonly #readiness: Readiness;
  #http: Server | undefined;
  #rpc: RpcServer | undefined;
  readonly #running: Worker[] = [];
  #stopping: Promise<void> | undefined;
  httpPort = 0;
  rpcPort = 0;

  constructor(options: ServiceOptions<C>) {
    this.#options = options;
    this.#timings = { ...defaultTimings, drainDelayMs: options.config.SHUTDOWN_DELAY_MS, ...options.timings };
    const { denials, dependencies, logger, metrics } = options;
    this.#refusals = createRefusals({ denials, logger, metrics });
    this.#readiness = createReadiness({ dependencies, logger, isDraining: () => this.#isDraining() });
    this.#fetch = httpSide(options, this.#readiness, this.#refusals, () => this.#isDraining());
  }

  get name(): string {
    return this.#options.name;
  }

  async fetch(request: Request): Promise<Response> {
    return this.#fetch(request);
  }

  async start(): Promise<void> {
    try {
      await this.#open();
    } catch (error) {
      await this.stop();
      throw error;
    }
    const { logger, name } = this.#options;
    logger.info({ service: name, httpPort: this.httpPort, rpcPort: this.rpcPort }, 'service started');
  }

  stop(): Promise<void> {
    this.#stopping ??= this.#drain();
    return this.#stopping;
  }

  reportFatal(error: unknown): void {
    this.#options.logger.fatal({ err: error }, 'an error that nobody caught; stopping');
    this.#options.errors.capture(error, { stage: 'uncaught' });
  }

  #isDraining(): boolean {
    return this.#stopping !== undefined;
  }

  async #open(): Promise<void> {
    const { config, verifier, workers } = this.#options;
    await verifier?.start?.();
    this.#rpc = rpcSide(this.#options, {
      timings: this.#timings,
      readiness: this.#readiness,
      refusals: this.#refusals,
      isDraining: () => this.#isDraining(),
    });
    this.rpcPort = await this.#rpc.listen(config.RPC_HOST, config.RPC_PORT);
    this.#http = createHttpServer(this.#fetch, this.#timings.http);
    this.httpPort = await listen(this.#http, config.HTTP_HOST, config.HTTP_PORT, 'HTTP_PORT');
    for (const worker of workers) {
      this.#running.push(worker);
      await worker.start();
    }
  }

  async #drain(): Promise<void> {
    const { close, errors, logger, name, verifier } = this.#options;
    const { drainDelayMs, inFlightMs, workersMs } = this.#timings;
    const isOpen = this.httpPort !== 0;
    logger.info({ service: name }, 'service stopping');
    await pause(isOpen ? drainDelayMs : 0);
    await this.#attempt('ports', () =>
      Promise.all([this.#drainHttp(inFlightMs), this.rpcPort === 0 ? undefined : this.#rpc?.stop(inFlightMs)]),
    );
    await Promise.all(
      this.#running.map((worker) => this.#attempt('worker', () => withinTime(worker.stop(), workersMs))),
    );
    await this.#attempt('verifier', () => withinTime(Promise.resolve(verifier?.stop?.()), closeMs));
    await this.#attempt('connections', () => withinTime(close(), closeMs));
    logger.info({ service: name }, 'service stopped');
    await this.#attempt('reports', () => Promise.all([errors.close(), logger.flush()]));
  }

  async #drainHttp(inFlightMs: number): Promise<void> {
    const http = this.#http;
    if (http?.listening === true) await drain(http, inFlightMs, () => http.closeAllConnections());
  }

  /** One part that cannot be closed must not keep the others open. */
  async #attempt(stage: string, work: () => Promise<unknown>): Promise<void> {
    try {
      await work();
    } catch (err) {
      this.#options.logger.error({ stage, err }, 'could not be stopped cleanly');
    }
  }
}

function httpSide<C>(
  options: ServiceOptions<C>,
  readiness: Readiness,
  refusals: Refusals,
  isDraining: () => boolean,
): HttpFetch {
  const { config, errors, logger, metrics, name, routes } = options;
  const document = () => openApiDocument({ title: name, version: options.version ?? '0.0.0', routes });
  return createHttpApp({
    context: options.context,
    routes,
    pages: opsPages({ readiness, metrics, document, docs: config.NODE_ENV === 'development' }),
    verifier: options.verifier,
    proofs: options.proofs,
    audiences: options.audiences,
    rateLimits: options.rateLimits,
    idempotency: options.idempotency,
    clock: options.clock ?? systemClock,
    cors: createCorsPolicy(options.cors ?? { origins: [] }),
    addresses: createClientAddresses(config.TRUSTED_PROXIES),
    addressMultiplier: config.RATE_LIMIT_IP_MULTIPLIER,
    checkReplies: config.NODE_ENV === 'test',
    logger,
    metrics,
    errors,
    refusals,
    isDraining,
  });
}

interface RpcSide {
  readonly timings: ServiceTimings;
  readonly readiness: Readiness;
  readonly refusals: Refusals;
  isDraining(): boolean;
}

function rpcSide<C>(options: ServiceOptions<C>, { timings, readiness, refusals, isDraining }: RpcSide): RpcServer {
  const { config, context, errors, logger, metrics, proofs, rpc, verifier } = options;
  return createRpcServer({
    context,
    services: rpc,
    tls: { caFile: config.TLS_CA_FILE, certFile: config.TLS_CERT_FILE, keyFile: config.TLS_KEY_FILE },
    callersFile: config.RPC_CALLERS_FILE,
    verifier,
    proofs,
    defaultDeadlineMs: timings.rpcDeadlineMs,
    streamStallMs: timings.streamStallMs,
    isReady: async () => (await readiness.report()).status === 'ready',
    isDraining,
    logger,
    metrics,
    errors,
    refusals,
  });
}
