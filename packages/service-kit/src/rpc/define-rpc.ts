import type { Actor } from '@bank/domain';
import type {
  DescMethod,
  DescMethodBiDiStreaming,
  DescMethodClientStreaming,
  DescMethodServerStreaming,
  DescMethodUnary,
  DescService,
  MessageInitShape,
  MessageShape,
} from '@bufbuild/protobuf';

/** What a method's handler sees of a call beside its request. */
export interface RpcCall {
  /** The calling app, by the name that the caller table gives its certificate. */
  readonly caller: string;
  /** The fields of this method's answer that the caller table lists for it now, by their JSON names. @throws access.caller.unknown */
  readonly fields: ReadonlySet<string>;
  /** The person of the forwarded token, or the calling service itself. */
  readonly actor: Actor;
  /** Aborted at the deadline, when the caller hangs up, and for streams when the service stops. */
  readonly signal: AbortSignal;
  /** Undefined for a stream that may last. */
  readonly deadline: Date | undefined;
  readonly requestId: string;
}

/**
 * Who decides: `service` means the calling app by itself; `user` and `staff` the person whose access token it forwards
 * (any signed-in person, or one with a staff role). What exactly that person may do is the feature's to say.
 */
export type RpcAccess = 'user' | 'staff' | 'service';

type Handler<C, M extends DescMethod> =
  M extends DescMethodUnary<infer I, infer O>
    ? (ctx: C, request: MessageShape<I>, call: RpcCall) => Promise<MessageInitShape<O>>
    : M extends DescMethodServerStreaming<infer I, infer O>
      ? (ctx: C, request: MessageShape<I>, call: RpcCall) => AsyncIterable<MessageInitShape<O>>
      : M extends DescMethodClientStreaming<infer I, infer O>
        ? (ctx: C, request: AsyncIterable<MessageShape<I>>, call: RpcCall) => Promise<MessageInitShape<O>>
        : M extends DescMethodBiDiStreaming<infer I, infer O>
          ? (ctx: C, request: AsyncIterable<MessageShape<I>>, call: RpcCall) => AsyncIterable<MessageInitShape<O>>
          : never;

export interface RpcMethod<C, M extends DescMethod> {
  readonly access: RpcAccess;
  readonly handle: Handler<C, M>;
}

export type RpcMethods<C, S extends DescService> = { readonly [K in keyof S['method']]: RpcMethod<C, S['method'][K]> };

/** A method with its types forgotten, as the server calls it. */
export interface AnyRpcMethod<C> {
  readonly access: RpcAccess;
  readonly handle: (ctx: C, request: never, call: RpcCall) => unknown;
}

export interface RpcService<C> {
  readonly service: DescService;
  readonly methods: Readonly<Record<string, AnyRpcMethod<C>>>;
}

/**
 * A service and all its methods, each saying who may call it: a method left out is a type error, and an error at load
 * where types were bypassed.
 */
export function defineRpc<C, S extends DescService = DescService>(
  service: S,
  methods: RpcMethods<C, S>,
): RpcService<C> {
  const declared = methods as Readonly<Record<string, AnyRpcMethod<C>>>;
  const missing = service.methods.find(({ localName }) => declared[localName] === undefined);
  if (missing !== undefined) {
    throw new TypeError(`${service.typeName}/${missing.name}: not declared`);
  }
  return { service, methods: declared };
}

/** `bank.user.v1.UserService/GetUser`: how tables, logs and metrics name a method. */
export function methodName(method: DescMethod): string {
  return `${method.parent.typeName}/${method.name}`;
}
