import { maskText } from '#logging/mask.ts';

export interface ErrorDescription {
  type: string;
  code?: string | number;
  reason?: string;
  stack?: string;
  cause?: ErrorDescription;
  errors?: ErrorDescription[];
  [place: string]: unknown;
}

const causesMax = 5;
const stackLinesMax = 30;
const identifier = /^[\w.:/$-]{1,120}$/;

// What drivers tell about *where* it happened. `detail`, `hint`, `query`, `parameters`, `command` hold data and are left out.
const places = [
  'syscall',
  'address',
  'port',
  'errno',
  'schema',
  'table',
  'column',
  'constraint',
  'routine',
  'kind',
] as const;

/**
 * What may be told about a thrown value: type, code, place and stack frames. Never the message, which in drivers holds
 * SQL with its parameters and in parsers a piece of the input. The one text that is told is a DomainError's `reason`,
 * which is written for the log.
 */
export function describeError(thrown: unknown, depth = 0): ErrorDescription {
  if (!(thrown instanceof Error)) return { type: typeof thrown };
  const fields = thrown as unknown as Record<string, unknown>;
  const description: ErrorDescription = { type: typeName(thrown) };
  const code = codeOf(thrown, fields['code']);
  if (code !== undefined) description.code = code;
  if (isDomainError(fields)) description.reason = maskText(String(fields['reason']));
  for (const place of places) {
    const value = fields[place];
    if (typeof value === 'number' || (typeof value === 'string' && identifier.test(value))) description[place] = value;
  }
  const stack = framesOf(thrown);
  if (stack !== undefined) description.stack = stack;
  if (depth < causesMax) addCauses(thrown, description, depth);
  return description;
}

function addCauses(error: Error, description: ErrorDescription, depth: number): void {
  if (error.cause !== undefined) description.cause = describeError(error.cause, depth + 1);
  if (error instanceof AggregateError) {
    description.errors = error.errors.slice(0, causesMax).map((inner: unknown) => describeError(inner, depth + 1));
  }
}

// Told by shape, so that this package also understands the error of another version of the domain package.
function isDomainError(fields: Record<string, unknown>): boolean {
  return typeof fields['publicMessage'] === 'string' && typeof fields['reason'] === 'string';
}

function typeName(error: Error): string {
  const name = error.name === 'Error' ? error.constructor.name : error.name;
  return identifier.test(name) ? name : 'Error';
}

function codeOf(error: Error, code: unknown): string | number | undefined {
  if (typeof code === 'number') return code;
  if (typeof code === 'string') return identifier.test(code) ? code : undefined;
  // Redis replies carry their code as the first word of the message: "NOAUTH Authentication required."
  return error.name === 'ReplyError' ? /^[A-Z]{2,20}(?= )/.exec(error.message)?.[0] : undefined;
}

/** The frames of the stack without its head, since the head repeats the message. */
function framesOf(error: Error): string | undefined {
  const frames = error.stack
    ?.split('\n')
    .filter((line) => /^\s+at .*(?::\d+:\d+\)?|<anonymous>\)?|native\)?)$/.test(line));
  if (frames === undefined || frames.length === 0) return undefined;
  return frames
    .slice(0, stackLinesMax)
    .map((line) => line.trim())
    .join('\n');
}
