import { DomainError } from '@bank/domain';
import { requestContext } from '@bank/observability';
import { Code, ConnectError, type Interceptor } from '@connectrpc/connect';
import { toConnectError } from '#rpc/error-map.ts';
import { callKey, type ServerCall } from '#rpc/server/server-call.ts';
import { asDomainError } from '#runtime/failure.ts';
import type { RequestScope } from '#runtime/request-scope.ts';

/**
 * Around every handler: the request's context for logs and further calls, an end at the deadline whether or not the
 * handler looks at its signal, errors as `ErrorInfo`, and the report. Streams also end when the service stops.
 */
export function createCallInterceptor(draining: AbortSignal): Interceptor {
  return (next) => async (request) => {
    const call = request.contextValues.get(callKey);
    const scope = call?.scope;
    if (call === undefined || scope === undefined) {
      throw toConnectError(new DomainError('service.internal', { reason: 'a call that passed no gate' }));
    }
    return requestContext.run(scope, async () => {
      const signal = request.stream ? AbortSignal.any([request.signal, draining]) : request.signal;
      try {
        const response = await untilAborted(next({ ...request, signal }), signal);
        if (response.stream) {
          return { ...response, message: guardStream(response.message, { call, scope, signal }) };
        }
        call.succeed();
        return response;
      } catch (error) {
        throw await failed(call, error);
      }
    });
  };
}

interface StreamGuard {
  readonly call: ServerCall;
  readonly scope: RequestScope;
  readonly signal: AbortSignal;
}

/**
 * A handler's stream runs outside of the interceptor's own call, so each step enters the context again; and it may outlast what the
 * table of callers said when it began, and the certificate, so each asks again (SR-68).
 */
async function* guardStream<T>(messages: AsyncIterable<T>, { call, scope, signal }: StreamGuard): AsyncGenerator<T> {
  const iterator = messages[Symbol.asyncIterator]();
  try {
    for (;;) {
      const step = await requestContext.run(scope, () => untilAborted(iterator.next(), signal));
      if (step.done === true) {
        break;
      }
      call.authorise?.();
      yield step.value;
    }
  } catch (error) {
    throw await requestContext.run(scope, () => failed(call, error));
  } finally {
    // Not awaited: a handler that hangs must not hold the caller. Its own clean-up runs when it comes to it.
    iterator.return?.().catch(() => undefined);
    requestContext.run(scope, () => call.succeed());
  }
}

async function failed(call: ServerCall, error: unknown): Promise<ConnectError> {
  const failure = failureOf(error);
  await call.fail(failure);
  return toConnectError(failure);
}

/** Connect's own errors here are aborts and messages of a stream that did not parse; their text may repeat input. */
function failureOf(error: unknown): DomainError {
  if (!(error instanceof ConnectError) || error.code === Code.Unknown) {
    return asDomainError(error instanceof ConnectError ? (error.cause ?? error) : error);
  }
  switch (error.code) {
    case Code.DeadlineExceeded:
      return new DomainError('service.deadline', { cause: error });
    case Code.InvalidArgument:
      return new DomainError('request.malformed', { cause: error });
    case Code.ResourceExhausted:
      return new DomainError('request.too_large', { cause: error });
    default:
      return new DomainError('service.unavailable', { reason: 'the call was broken off', cause: error });
  }
}

/** The work's outcome, or the signal's reason when that comes first. */
function untilAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const onAbort = () => reject(ConnectError.from(signal.reason, Code.Canceled));
    if (signal.aborted) {
      onAbort();
    }
    signal.addEventListener('abort', onAbort, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort));
  });
}
