import { type DestinationStream, destination as openDestination, pino, stdTimeFunctions } from 'pino';
import { clientNetwork } from '#context/client-network.ts';
import { requestContext } from '#context/request-context.ts';
import { maskText } from '#logging/mask.ts';
import { redactFields } from '#logging/redact.ts';
import type { LogFields } from '#logging/safe-fields.ts';

export type LogLevel = 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal';

/** Writes one line: `log(fields, message)` or `log(message)`. The message is a fixed sentence; data goes into fields. */
export interface LogMethod {
  (fields: LogFields, message: string): void;
  (message: string): void;
}

export interface Logger {
  readonly trace: LogMethod;
  readonly debug: LogMethod;
  readonly info: LogMethod;
  readonly warn: LogMethod;
  readonly error: LogMethod;
  readonly fatal: LogMethod;
  /** A logger that adds `fields` to each of its lines. */
  child(fields: LogFields): Logger;
  isLevelEnabled(level: LogLevel): boolean;
  /** Hands everything written so far to the operating system. */
  flush(): Promise<void>;
}

export interface LoggerOptions {
  service: string;
  level: LogLevel | 'silent';
  /** Where lines go; standard output, asynchronously, when left out. */
  destination?: DestinationStream;
}

const bufferedBytesMax = 16 * 1024 * 1024;
const flushEveryMs = 200;

/**
 * A logger that writes JSON lines. Only fields of the allow-list leave the process (SR-85), each value is JSON-escaped
 * (SR-87), and the request id, trace, actor and client network of the running request are on every line.
 * Writing is asynchronous; what is buffered is flushed when the process ends, at `fatal`, and by `flush()`.
 * When the reader of standard output stalls for long, lines over 16 MiB are dropped rather than memory filled.
 */
export function createLogger(options: LoggerOptions): Logger {
  const stream =
    options.destination ??
    openDestination({
      dest: 1,
      sync: false,
      minLength: 12_288,
      periodicFlush: flushEveryMs,
      maxLength: bufferedBytesMax,
    });
  const base = pino(
    {
      level: options.level,
      base: { service: options.service, pid: process.pid },
      timestamp: stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      serializers: {},
      mixin: contextFields,
      messageKey: 'msg',
    },
    stream,
  );
  return wrap(base);
}

const messagesMax = 1000;
const masked = new Map<string, string>();

/** Messages are sentences of the code, so each is masked once. Should code make them up as it goes, all are forgotten at `messagesMax`. */
function maskMessage(message: string): string {
  const known = masked.get(message);
  if (known !== undefined) return known;
  if (masked.size >= messagesMax) masked.clear();
  const safe = maskText(message);
  masked.set(message, safe);
  return safe;
}

function wrap(inner: pino.Logger): Logger {
  const method = (level: LogLevel): LogMethod => {
    return (first: LogFields | string, message?: string) => {
      if (!inner.isLevelEnabled(level)) return;
      if (typeof first === 'string') inner[level](maskMessage(first));
      else inner[level](redactFields(first), maskMessage(message ?? ''));
    };
  };
  return {
    trace: method('trace'),
    debug: method('debug'),
    info: method('info'),
    warn: method('warn'),
    error: method('error'),
    fatal: method('fatal'),
    child: (fields) => wrap(inner.child(redactFields(fields))),
    isLevelEnabled: (level) => inner.isLevelEnabled(level),
    flush: () => new Promise((resolve) => inner.flush(() => resolve())),
  };
}

function contextFields(): object {
  const context = requestContext.get();
  if (context === undefined) return {};
  const { requestId, traceparent, clientAddress, actor } = context;
  return redactFields({
    requestId,
    traceparent,
    ...(actor === undefined ? {} : { actor }),
    ...(clientAddress === undefined ? {} : { clientNetwork: clientNetwork(clientAddress) }),
  });
}
