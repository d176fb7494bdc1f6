import { ErrorInfoSchema } from '@bank/proto/errors';
import type { DescMethodUnary, DescService } from '@bufbuild/protobuf';
import { Code, ConnectError, type Transport } from '@connectrpc/connect';
import fc from 'fast-check';
import { canary } from '#fuzz/hostile.ts';
import { messageArbitrary } from '#fuzz/message-arbitrary.ts';
import { methodName } from '#rpc/define-rpc.ts';
import { codeName } from '#rpc/server/server-call.ts';

export interface FuzzRpcOptions {
  /** Headers that let a call past the gate: `bank-user-token` for methods about a person. Asked for before each method. */
  readonly headers?: (method: string) => Readonly<Record<string, string>> | Promise<Record<string, string>>;
  readonly runsPerMethod?: number;
  readonly seed?: number;
}

/** Codes that are the service's own fault. `Unavailable` is one as well while all it depends on is there. */
const faults: ReadonlySet<Code> = new Set([
  ...[Code.Unknown, Code.Internal, Code.DataLoss, Code.Unavailable, Code.DeadlineExceeded, Code.Unimplemented],
]);
const runsDefault = 50;
const slowestMs = 250;
const triesWhenSlow = 3;

/**
 * Calls each unary method of the services with messages made from their descriptors: fields set and missing, numbers at
 * their limits, enum values nobody knows, long lists, text that means harm. No answer may be the service's fault, lack its
 * code, repeat what was sent in an error, or take over 250 ms. Counts the codes that were answered.
 * @throws Error with method, message and seed of the first answer that breaks a rule
 */
export async function fuzzRpc(
  transport: Transport,
  services: readonly DescService[],
  options: FuzzRpcOptions = {},
): Promise<Readonly<Record<string, number>>> {
  const counts: Record<string, number> = {};
  const methods = services.flatMap((service) => service.methods).filter((method) => method.methodKind === 'unary');
  for (const method of methods) {
    const headers = (await options.headers?.(methodName(method))) ?? {};
    const property = fc.asyncProperty(messageArbitrary(method.input), async (message) => {
      const code = await checkCall(() => transport.unary(method as DescMethodUnary, undefined, 5000, headers, message));
      counts[code] = (counts[code] ?? 0) + 1;
    });
    const seed = options.seed === undefined ? {} : { seed: options.seed };
    const numRuns = options.runsPerMethod ?? runsDefault;
    await fc.assert(property, { numRuns, endOnFailure: true, ...seed }).catch((error: Error) => {
      const rule = error.cause instanceof Error ? error.cause.message : 'broke';
      throw new Error(`${methodName(method)} ${rule}\n${error.message}`, { cause: error });
    });
  }
  return counts;
}

async function checkCall(call: () => Promise<unknown>): Promise<string> {
  let outcome = await timed(call);
  // A pause of the machine is not the method's doing: slow is what is slow again and again.
  for (let attempt = 1; attempt < triesWhenSlow && outcome.durationMs > slowestMs; attempt += 1) {
    outcome = await timed(call);
  }
  const { durationMs, error } = outcome;
  if (durationMs > slowestMs) {
    throw new Error(`took ${Math.round(durationMs)} ms`);
  }
  if (error === undefined) {
    return 'ok';
  }
  if (faults.has(error.code)) {
    throw new Error(`answered ${codeName(error.code)}`);
  }
  const infos = error.findDetails(ErrorInfoSchema);
  if (JSON.stringify([error.rawMessage, ...infos.map(({ code, metadata }) => ({ code, metadata }))]).includes(canary)) {
    throw new Error('repeated what was sent');
  }
  // A message over 1 MiB is refused before any code of ours runs.
  if (infos.length === 0 && error.code !== Code.ResourceExhausted) {
    throw new Error(`answered ${codeName(error.code)} without its code`);
  }
  return codeName(error.code);
}

async function timed(call: () => Promise<unknown>): Promise<{ durationMs: number; error: ConnectError | undefined }> {
  const startedAt = performance.now();
  const error = await call().then(
    () => undefined,
    (reason: unknown) => ConnectError.from(reason),
  );
  return { durationMs: performance.now() - startedAt, error };
}
