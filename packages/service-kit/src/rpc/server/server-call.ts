import type { Actor, DomainError } from '@bank/domain';
import type { ErrorTracker, Logger, Metrics } from '@bank/observability';
import { Code, createContextKey } from '@connectrpc/connect';
import { toConnectError } from '#rpc/error-map.ts';
import type { Caller } from '#rpc/server/callers.ts';
import type { Refusals } from '#runtime/refusals.ts';
import type { RequestScope } from '#runtime/request-scope.ts';

export interface CallReporter {
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly errors: ErrorTracker;
  readonly refusals: Refusals;
}

const noFields: ReadonlySet<string> = new Set();

/** One call on its way through gate, interceptor and handler. Reported exactly once, wherever it ends. */
export class ServerCall {
  readonly rpc: string;
  caller = 'unknown';
  /**
   * Asks the table of callers, before the call and again before each answer of a stream; undefined where any certificate will do.
   * @throws access.caller.unknown
   */
  authorise: (() => Caller) | undefined;
  actor: Actor = { kind: 'anonymous' };
  scope: RequestScope | undefined;
  readonly #peer: () => string | undefined;
  readonly #startedAt = performance.now();
  readonly #reporter: CallReporter;
  #isReported = false;

  constructor(rpc: string, peer: () => string | undefined, reporter: CallReporter) {
    this.rpc = rpc;
    this.#peer = peer;
    this.#reporter = reporter;
  }

  /** Undefined from the moment that the certificate expires. */
  get peerUri(): string | undefined {
    return this.#peer();
  }

  /** As the table of callers says now. @throws access.caller.unknown */
  get fields(): ReadonlySet<string> {
    return this.authorise?.().fieldsOf(this.rpc) ?? noFields;
  }

  get isReported(): boolean {
    return this.#isReported;
  }

  succeed(): void {
    this.#report('ok', undefined);
  }

  /** For what Connect itself refused: a message that does not parse, a codec or compression nobody knows. */
  refuse(): void {
    this.#report('invalid_argument', undefined);
  }

  async fail(error: DomainError): Promise<void> {
    if (this.#isReported) {
      return;
    }
    this.#report(codeName(toConnectError(error).code), error);
    await this.#reporter.refusals.note(error, this.actor, this.rpc);
  }

  #report(rpcCode: string, failure: DomainError | undefined): void {
    if (this.#isReported) {
      return;
    }
    this.#isReported = true;
    const { logger, metrics, errors } = this.#reporter;
    const durationMs = Math.round((performance.now() - this.#startedAt) * 100) / 100;
    metrics.observeRpc({ method: this.rpc, code: rpcCode, side: 'server' }, durationMs / 1000);
    const fields = { rpc: this.rpc, rpcCode, caller: this.caller, durationMs };
    if (failure === undefined) {
      logger.info(fields, 'call');
      return;
    }
    const told = { ...fields, code: failure.code, ...(failure.reason === undefined ? {} : { reason: failure.reason }) };
    if (failure.kind === 'internal') {
      logger.error({ ...told, err: failure.cause ?? failure }, 'call failed');
      errors.capture(failure.cause ?? failure, { rpc: this.rpc, code: failure.code });
    } else {
      logger.info(told, 'call');
    }
  }
}

/** `DeadlineExceeded` is `deadline_exceeded`. */
export function codeName(code: Code): string {
  return Code[code].replace(/(?!^)[A-Z]/g, '_$&').toLowerCase();
}

export const callKey = createContextKey<ServerCall | undefined>(undefined, { description: 'server call' });
