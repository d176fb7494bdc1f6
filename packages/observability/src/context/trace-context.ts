import { randomFillSync } from 'node:crypto';

export interface TraceContext {
  /** 32 lower-case hexadecimal digits, not all zero. */
  readonly traceId: string;
  /** 16 lower-case hexadecimal digits, not all zero. */
  readonly parentId: string;
  readonly sampled: boolean;
}

const known = /^([\da-f]{2})-([\da-f]{32})-([\da-f]{16})-([\da-f]{2})(-.*)?$/;

/**
 * Reads a `traceparent` as W3C Trace Context §3.2 asks: lower case, no zero ids, version `ff` invalid, version `00`
 * without anything behind the flags; of later versions the known part is used. Undefined for anything else.
 */
export function parseTraceparent(header: string | undefined): TraceContext | undefined {
  if (header === undefined || header.length > 256) return undefined;
  const match = known.exec(header);
  if (match === null) return undefined;
  const [, version = '', traceId = '', parentId = '', flags = '', rest] = match;
  if (version === 'ff' || (version === '00' && rest !== undefined)) return undefined;
  if (/^0+$/.test(traceId) || /^0+$/.test(parentId)) return undefined;
  return { traceId, parentId, sampled: (Number.parseInt(flags, 16) & 1) === 1 };
}

/**
 * A `traceparent` for the next hop: the trace of `parent` with a new span id, or a new, sampled trace when `parent` is
 * missing or invalid (§3.2: an invalid header restarts the trace).
 */
export function newTraceparent(parent?: string): string {
  const above = parseTraceparent(parent);
  const traceId = above?.traceId ?? randomId(16);
  const flags = above === undefined || above.sampled ? '01' : '00';
  return `00-${traceId}-${randomId(8)}-${flags}`;
}

// Asking for 24 bytes a request costs more than the rest of a request's context; ids are drawn from a larger helping.
const pool = Buffer.alloc(4096);
let drawn = pool.length;

function randomId(bytes: number): string {
  if (drawn + bytes > pool.length) {
    randomFillSync(pool);
    drawn = 0;
  }
  const id = pool.toString('hex', drawn, drawn + bytes);
  drawn += bytes;
  return /^0+$/.test(id) ? randomId(bytes) : id;
}
