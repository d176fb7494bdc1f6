import { DomainError } from '@bank/domain';

const depthMax = 20;
const prototypeKeys: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype']);
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

function malformed(rule: string): DomainError {
  return new DomainError('request.malformed', { details: { errors: [{ path: '', rule }] } });
}

/**
 * Parses a JSON text in UTF-8 (RFC 8259) and refuses what a later reader could understand differently: a key twice in
 * one object, keys of the prototype chain, NUL and unpaired surrogates, nesting over 20 levels, a byte order mark.
 * @throws request.malformed naming the rule, never the input
 */
export function parseJson(bytes: Uint8Array): unknown {
  const text = decodeUtf8(bytes);
  scan(text);
  try {
    return JSON.parse(text);
  } catch {
    throw malformed('json');
  }
}

function decodeUtf8(bytes: Uint8Array): string {
  try {
    return utf8.decode(bytes);
  } catch {
    throw malformed('utf8');
  }
}

/**
 * Walks the structure before `JSON.parse` builds it. It trusts nothing but brackets and quotes, and leaves the grammar
 * to `JSON.parse`: a string that a colon follows is a key of the innermost object.
 */
function scan(text: string): void {
  const open: (Set<string> | undefined)[] = [];
  for (let at = 0; at < text.length; at += 1) {
    switch (text.charCodeAt(at)) {
      case 0x22: {
        const end = endOfString(text, at);
        const value = stringOf(text.slice(at, end + 1));
        if (colonFollows(text, end + 1)) {
          addKey(open.at(-1), value);
        }
        at = end;
        break;
      }
      case 0x7b:
        push(open, new Set());
        break;
      case 0x5b:
        push(open, undefined);
        break;
      case 0x7d:
      case 0x5d:
        open.pop();
        break;
      default:
    }
  }
}

function push(open: (Set<string> | undefined)[], keys: Set<string> | undefined): void {
  open.push(keys);
  if (open.length > depthMax) {
    throw malformed('depth');
  }
}

/** The index of the quote that ends the string starting at `start`. */
function endOfString(text: string, start: number): number {
  let end = text.indexOf('"', start + 1);
  while (end !== -1 && isEscaped(text, end)) {
    end = text.indexOf('"', end + 1);
  }
  if (end === -1) {
    throw malformed('json');
  }
  return end;
}

function isEscaped(text: string, at: number): boolean {
  let backslashes = 0;
  while (text.charCodeAt(at - 1 - backslashes) === 0x5c) {
    backslashes += 1;
  }
  return backslashes % 2 === 1;
}

/** What a quoted string stands for; only escapes can smuggle in NUL or half a surrogate pair. */
function stringOf(quoted: string): string {
  if (!quoted.includes('\\')) {
    return quoted.slice(1, -1);
  }
  let value: string;
  try {
    value = JSON.parse(quoted) as string;
  } catch {
    throw malformed('json');
  }
  if (value.includes('\0') || !value.isWellFormed()) {
    throw malformed('text');
  }
  return value;
}

function colonFollows(text: string, from: number): boolean {
  let at = from;
  let code = text.charCodeAt(at);
  while (code === 0x20 || code === 0x0a || code === 0x0d || code === 0x09) {
    at += 1;
    code = text.charCodeAt(at);
  }
  return code === 0x3a;
}

function addKey(keys: Set<string> | undefined, key: string): void {
  if (keys === undefined) {
    throw malformed('json');
  }
  if (prototypeKeys.has(key)) {
    throw malformed('prototype_key');
  }
  if (keys.has(key)) {
    throw malformed('duplicate_key');
  }
  keys.add(key);
}
