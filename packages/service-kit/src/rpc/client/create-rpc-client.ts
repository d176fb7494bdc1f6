import type { Clock } from '@bank/domain';
import { DomainError, systemClock } from '@bank/domain';
import type { Logger, Metrics } from '@bank/observability';
import { acceptRequestId, newTraceparent } from '@bank/observability';
import type { BreakerOptions, Shown } from '@bank/outbound';
import type { DescMethod, DescService } from '@bufbuild/protobuf';
import { MethodOptions_IdempotencyLevel as Idempotency } from '@bufbuild/protobuf/wkt';
import { type Client, Code, ConnectError, createClient, type Transport } from '@connectrpc/connect';
import { CircuitBreaker } from '#rpc/client/circuit-breaker.ts';
import { type RetryPolicy, retry } from '#rpc/client/retry.ts';
import { createTlsTransport, isOfConnecting } from '#rpc/client/transport.ts';
import { methodName } from '#rpc/define-rpc.ts';
import { fromConnectError } from '#rpc/error-map.ts';
import { codeName } from '#rpc/server/server-call.ts';
import type { TlsFiles } from '#rpc/tls-files.ts';
import { asDomainError, isNetworkError } from '#runtime/failure.ts';
import { currentScope } from '#runtime/request-scope.ts';

export interface RpcClientOptions {
  /** `https://…`, the callee's private port. */
  readonly baseUrl: string;
  readonly tls: TlsFiles;
  /** The SAN URI that the callee's certificate must carry. */
  readonly serverUri?: string;
  /** For each call but a stream, all tries together; never longer than what the running request has left. 2 s unless said. */
  readonly deadlineMs?: number;
  readonly breaker?: Partial<BreakerOptions>;
  readonly retry?: Partial<RetryPolicy>;
  readonly logger?: Logger;
  readonly metrics?: Metrics;
  readonly clock?: Clock;
}

const deadlineDefaultMs = 2000;
const breakerDefaults: BreakerOptions = { failures: 5, openMs: 2000 };
const retryDefaults: RetryPolicy = { attemptsMax: 3, waitMs: 40 };

/**
 * A typed client of another app. Each call carries the request id and the trace of the running request, and a deadline, which
 * a stream has only where its caller gives one; reads are tried again when the callee is away, everything else when there was
 * no connection to send it on, and a callee that stays away is left alone for a while. Failures are `DomainError`s: those the
 * callee answered, or `service.unavailable` and `service.deadline`. The person's token goes along only with `forwardUser()`.
 */
export function createRpcClient<S extends DescService>(service: S, options: RpcClientOptions): Client<S> {
  const transport = createTlsTransport({
    baseUrl: options.baseUrl,
    tls: options.tls,
    serverUri: options.serverUri,
    logger: options.logger,
    metrics: options.metrics,
  });
  return createClient(service, guard(transport, service, options));
}

type Unary = Transport['unary'];
type Stream = Transport['stream'];

function guard(inner: Transport, service: DescService, options: RpcClientOptions): Transport {
  const { clock = systemClock, metrics } = options;
  const breaker = new CircuitBreaker(service.typeName, { ...breakerDefaults, ...options.breaker }, clock);
  const policy = { ...retryDefaults, ...options.retry };

  const unary: Unary = async (method, signal, timeoutMs, header, message, contextValues) => {
    const deadlineAt = deadlineOf(timeoutMs ?? options.deadlineMs ?? deadlineDefaultMs);
    const headers = withContext(header);
    let wasSent = false;
    const attempt = async () => {
      const remaining = remainingMs(deadlineAt);
      try {
        return await inner.unary(method, signal, remaining, headers, message, contextValues);
      } catch (error) {
        wasSent ||= !wasNeverSent(error);
        throw error;
      }
    };
    const mayBeRepeated = method.idempotency !== Idempotency.IDEMPOTENCY_UNKNOWN;
    // What has opened the circuit is told, instead of the circuit that a further try would meet.
    const mayTryAgain = (error: unknown) =>
      breaker.state !== 'open' && (wasNeverSent(error) || (mayBeRepeated && isUnreachable(error)));
    const call = () => retry(() => breaker.run(attempt, shownBy), policy, deadlineAt, mayTryAgain);
    return observed(metrics, method, call).catch((error: unknown) => {
      throw wasSent ? error : undone(error);
    });
  };
  const stream: Stream = async (method, signal, timeoutMs, header, input, contextValues) => {
    const headers = withContext(header);
    const open = () => inner.stream(method, signal, timeoutMs, headers, input, contextValues);
    const response = await observed(metrics, method, () => breaker.run(open, shownBy));
    return { ...response, message: withDomainErrors(response.message, methodName(method)) };
  };
  return { unary, stream };
}

/** Epoch milliseconds: the call's own deadline or, when that comes first, the running request's. */
function deadlineOf(timeoutMs: number): number {
  return Math.min(Date.now() + timeoutMs, currentScope()?.deadlineAt ?? Number.POSITIVE_INFINITY);
}

function remainingMs(deadlineAt: number): number {
  const remaining = Math.floor(deadlineAt - Date.now());
  if (remaining <= 0) {
    throw new DomainError('service.deadline', { reason: 'no time left for a further call' });
  }
  return remaining;
}

function withContext(header: Parameters<Unary>[3]): Headers {
  const headers = new Headers(header);
  const scope = currentScope();
  headers.set('x-request-id', acceptRequestId(scope?.requestId));
  headers.set('traceparent', newTraceparent(scope?.traceparent));
  return headers;
}

/** The callee was never reached, broke off, or cannot work at the moment. `Aborted` with a detail is a conflict it answered. */
function isUnreachable(error: unknown): boolean {
  if (!(error instanceof ConnectError)) {
    return false;
  }
  if (error.code === Code.Unavailable || isNetworkError(error)) return true;
  return error.code === Code.Aborted && error.details.length === 0;
}

/** There was no connection to send it on: nobody can have acted on it, whatever it asks for. */
function wasNeverSent(error: unknown): boolean {
  return error instanceof ConnectError && isOfConnecting(error.cause);
}

/** The same failure, of a call that nobody got. */
function undone(error: unknown): unknown {
  if (!(error instanceof DomainError)) return error;
  const { code, reason, details, cause } = error;
  return new DomainError(code, { details, cause, isUndone: true, ...(reason !== undefined && { reason }) });
}

/**
 * What a failure shows of the callee. An answer of its own, even `unavailable`, shows that it is there; what was never sent, for want of time, or
 * was given up by whoever asked shows nothing.
 */
function shownBy(error: unknown): Shown {
  if (!(error instanceof ConnectError) || error.code === Code.Canceled) return 'nothing';
  if (error.details.length > 0) return 'answers';
  return isUnreachable(error) || error.code === Code.DeadlineExceeded ? 'away' : 'answers';
}

async function observed<T>(metrics: Metrics | undefined, method: DescMethod, work: () => Promise<T>): Promise<T> {
  const startedAt = performance.now();
  const name = methodName(method);
  let code = 'ok';
  try {
    return await work();
  } catch (error) {
    const failure = error instanceof ConnectError ? fromConnectError(error, name) : asDomainError(error);
    code = countedAs(error, failure);
    throw failure;
  } finally {
    metrics?.observeRpc({ method: name, code, side: 'client' }, (performance.now() - startedAt) / 1000);
  }
}

/**
 * The Connect code, but `unavailable` for whatever kept the callee from being reached or broke off, `circuit_open` where it was left alone for
 * that, `not_sent` where there was no time left, and `caller_refused` where the callee refuses this app, not the person it asks for.
 */
function countedAs(error: unknown, failure: DomainError): string {
  if (!(error instanceof ConnectError)) return failure.code === 'service.unavailable' ? 'circuit_open' : 'not_sent';
  if (isUnreachable(error)) return 'unavailable';
  const isDenied = error.code === Code.PermissionDenied || error.code === Code.Unauthenticated;
  return isDenied && failure.kind === 'internal' ? 'caller_refused' : codeName(error.code);
}

async function* withDomainErrors<T>(messages: AsyncIterable<T>, name: string): AsyncGenerator<T> {
  try {
    yield* messages;
  } catch (error) {
    throw error instanceof ConnectError ? fromConnectError(error, name) : asDomainError(error);
  }
}
