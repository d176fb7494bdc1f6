import { describeError } from '#logging/describe-error.ts';
import { maskText } from '#logging/mask.ts';
import { type Shape, shapeOfField } from '#logging/safe-fields.ts';

const redacted = '[redacted]';

const depthMax = 3;
const itemsMax = 20;

// No "@", no quotes, no spaces: ids, codes, routes, host names and addresses fit; what people type mostly does not.
const token = /^[\w.:/{}<>*+,#=[\]()-]{1,200}$/;
const label = /^(?=.{1,100}$)[\w.:/-]+(?: [\w.:/-]+){0,5}$/;

function isRecord(value: unknown): value is Record<string, unknown> {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

function safeScalar(shape: Shape, value: unknown): unknown {
  switch (shape) {
    case 'token':
      if (typeof value === 'number' || typeof value === 'boolean') return value;
      return typeof value === 'string' && token.test(value) ? value : redacted;
    case 'label':
      return typeof value === 'string' && label.test(value) ? value : redacted;
    case 'text':
      return typeof value === 'string' ? maskText(value) : redacted;
    case 'number':
      if (typeof value === 'bigint') return value.toString();
      return typeof value === 'number' ? value : redacted;
    case 'boolean':
      return typeof value === 'boolean' ? value : redacted;
    case 'time':
      return safeTime(value);
    default:
      return redacted;
  }
}

function safeTime(value: unknown): unknown {
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? 'invalid' : value.toISOString();
  if (typeof value === 'number') return value;
  return typeof value === 'string' && /^\d{4}-[\dT:.Z+-]{4,30}$/.test(value) ? value : redacted;
}

function safeValue(shape: Shape | undefined, value: unknown, depth: number): unknown {
  if (value === null || value === undefined) return value;
  if (shape === undefined) return redacted;
  if (shape === 'error') return describeError(value);
  if (typeof value !== 'object') return safeScalar(shape, value);
  if (Array.isArray(value)) {
    return value.slice(0, itemsMax).map((item: unknown) => safeItem(shape, item, depth));
  }
  return safeItem(shape, value, depth);
}

function safeItem(shape: Shape, value: unknown, depth: number): unknown {
  if (!isRecord(value)) return safeScalar(shape, value);
  return depth < depthMax ? redactFields(value, depth + 1) : redacted;
}

/**
 * A copy of `fields` that holds only what the allow-list lets through. At the top, where names are written by us, an
 * unknown name stays visible with `[redacted]`; further down names may be data themselves, so an unknown one is dropped.
 * Instances of classes (entities, secrets, buffers) are never walked.
 */
export function redactFields(fields: Readonly<Record<string, unknown>>, depth = 0): Record<string, unknown> {
  const safe: Record<string, unknown> = {};
  for (const name of Object.keys(fields)) {
    const shape = shapeOfField(name);
    if (shape === undefined && depth > 0) continue;
    if (shape === undefined && !/^[a-z][A-Za-z]{0,39}$/.test(name)) continue;
    safe[name] = safeValue(shape, fields[name], depth);
  }
  return safe;
}
