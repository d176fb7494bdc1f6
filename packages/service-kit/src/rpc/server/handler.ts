import type { IncomingMessage } from 'node:http';
import type { Http2ServerRequest } from 'node:http2';
import { createConnectRouter, createContextValues } from '@connectrpc/connect';
import { createAsyncIterable, type UniversalHandler, type UniversalServerResponse } from '@connectrpc/connect/protocol';
import {
  compressionBrotli,
  compressionGzip,
  universalRequestFromNodeRequest,
  universalResponseToNodeResponse,
} from '@connectrpc/connect-node';
import { methodName } from '#rpc/define-rpc.ts';
import { peerOf } from '#rpc/server/peer.ts';
import { type CallReporter, callKey, ServerCall } from '#rpc/server/server-call.ts';

type NodeRequest = IncomingMessage | Http2ServerRequest;
type NodeResponse = Parameters<typeof universalResponseToNodeResponse>[1];
type Router = ReturnType<typeof createConnectRouter>;
type RouterOptions = NonNullable<Parameters<typeof createConnectRouter>[0]>;

export interface HandlerOptions extends CallReporter {
  readonly defaultDeadlineMs: number;
  readonly streamStallMs: number;
  isDraining(): boolean;
}

const messageBytesMax = 1 << 20;
const timeoutMaxMs = 3_600_000;
/** Past its deadline a caller that never finished sending its message is cut off. */
const cutOffAfterMs = 500;
const codeOfStatus: Readonly<Record<number, string>> = { 429: 'resource_exhausted', 501: 'unimplemented' };

/** A router with the limits of SR-79: 1 MiB a message, decompressed or not. Reflection exists nowhere. */
export function createRouter(options: Pick<RouterOptions, 'interceptors' | 'requestGate' | 'shutdownSignal'>): Router {
  return createConnectRouter({
    ...options,
    readMaxBytes: messageBytesMax,
    maxTimeoutMs: timeoutMaxMs,
    acceptCompression: [compressionGzip, compressionBrotli],
  });
}

/** The Node request handler of a router. */
export function createNodeHandler(
  router: Router,
  options: HandlerOptions,
): (req: NodeRequest, res: NodeResponse) => void {
  const handlers = new Map(router.handlers.map((handler) => [handler.requestPath, handler]));
  return (request, response) => {
    if (options.isDraining() && request.httpVersionMajor === 1) {
      response.setHeader('connection', 'close');
    }
    const handler = handlers.get(request.url?.split('?', 1)[0] ?? '');
    if (handler === undefined || isGrpcJson(request)) {
      answerUnimplemented(request, response);
      return;
    }
    const call = new ServerCall(methodName(handler.method), peerOf(request), options);
    answer(handler, request, response, call, options).catch(() => {
      // The connection is gone, or the request was no request: nobody is left to be told.
      call.refuse();
      response.destroy();
    });
  };
}

async function answer(
  handler: UniversalHandler,
  request: NodeRequest,
  response: NodeResponse,
  call: ServerCall,
  { defaultDeadlineMs, streamStallMs }: HandlerOptions,
): Promise<void> {
  const isUnary = handler.method.methodKind === 'unary';
  // A caller that takes nothing of what it asked for holds a place and no more: nothing is read ahead for it.
  if (!isUnary) response.setTimeout(streamStallMs, () => response.destroy());
  const cutOff = isUnary ? setTimeout(() => request.destroy(), imposeDeadline(request, defaultDeadlineMs)) : undefined;
  try {
    const values = createContextValues().set(callKey, call);
    const answered = await handler(universalRequestFromNodeRequest(request, response, undefined, values));
    clearTimeout(cutOff);
    await universalResponseToNodeResponse(withoutEcho(answered, call), response);
    call.refuse();
  } finally {
    clearTimeout(cutOff);
  }
}

/** Gives a call without a deadline the default one. Returns when to cut the caller off, in milliseconds from now. */
function imposeDeadline(request: NodeRequest, defaultMs: number): number {
  const isGrpc = isGrpcType(request.headers['content-type']);
  const header = isGrpc ? 'grpc-timeout' : 'connect-timeout-ms';
  request.headers[header] ??= isGrpc ? `${defaultMs}m` : String(defaultMs);
  const named = isGrpc ? readGrpcTimeout(String(request.headers[header])) : Number(request.headers[header]);
  return (Number.isFinite(named) ? Math.min(named, timeoutMaxMs) : defaultMs) + cutOffAfterMs;
}

const unitMs: Readonly<Record<string, number>> = { H: 3_600_000, M: 60_000, S: 1000, m: 1, u: 0.001, n: 0.000_001 };

function readGrpcTimeout(value: string): number {
  const [, digits = '', unit = ''] = /^(\d{1,8})([HMSmun])$/.exec(value) ?? [];
  return digits === '' ? Number.NaN : Number(digits) * (unitMs[unit] ?? 1);
}

/**
 * What Connect refuses by itself before our code runs, it explains by quoting the message. The explanation stays here:
 * clients get the code alone (SR-79).
 */
function withoutEcho(answered: UniversalServerResponse, call: ServerCall): UniversalServerResponse {
  if (call.isReported || answered.status < 400 || answered.body === undefined) {
    return answered;
  }
  // Bytes that do not parse are an internal error to Connect, but nobody's fault here.
  const status = answered.status === 500 ? 400 : answered.status;
  const code = codeOfStatus[status] ?? 'invalid_argument';
  const body = new TextEncoder().encode(JSON.stringify({ code, message: 'The request could not be read.' }));
  const header = new Headers({ 'content-type': 'application/json', 'content-length': String(body.byteLength) });
  return { status, header, body: createAsyncIterable([body]) };
}

function isGrpcType(contentType: string | undefined): boolean {
  return contentType?.startsWith('application/grpc') === true;
}

/** gRPC with JSON is a codec nobody uses, whose parse errors quote the message in a trailer. */
function isGrpcJson(request: NodeRequest): boolean {
  const contentType = request.headers['content-type'];
  return isGrpcType(contentType) && contentType?.includes('json') === true;
}

/** A method that does not exist, in the words of each protocol. */
function answerUnimplemented(request: NodeRequest, response: NodeResponse): void {
  if (isGrpcType(request.headers['content-type'])) {
    response.writeHead(200, {
      'content-type': 'application/grpc',
      'grpc-status': '12',
      'grpc-message': 'unimplemented',
    });
    response.end();
    return;
  }
  response.writeHead(404, { 'content-type': 'application/json' });
  response.end('{"code":"unimplemented","message":"There is no such method."}');
}
