import type { Actor, DomainError } from '@bank/domain';
import type { ErrorTracker, Logger, Metrics } from '@bank/observability';
import { Code, createContextKey } from '@connectrpc/connect';
import { toConnectError } from '#rpc/error-map.ts';
import type { Refusals } from '#runtime/refusals.ts';
import type { RequestScope } from '#runtime/request-scope.ts';

export interface CallReporter {
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly errors: ErrorTracker;
  readonly refusals: Refusals;
}

/** One call on its way through gate, interceptor and handler. Reported exactly once, wherever it ends. */
export class ServerCall {
  readonly rpc: string;
  readonly peerUri: string | undefined;
  caller = 'unknown';
  fields: ReadonlySet<string> = new Set();
  actor: Actor = { kind: 'anonymous' };
  scope: RequestScope | undefined;
  readonly #startedAt = performance.now();
  readonly #reporter: CallReporter;
  #isReported = false;

  constructor(rpc: string, peerUri: string | undefined, reporter: CallReporter) {
    this.rpc = rpc;
    this.peerUri = peerUri;
    this.#reporter = reporter;
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
