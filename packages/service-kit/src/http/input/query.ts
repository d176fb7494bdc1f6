import { DomainError } from '@bank/domain';

const prototypeKeys: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype']);
const parametersMax = 50;
const none: Readonly<Record<string, string>> = Object.freeze({});

function malformed(rule: string): DomainError {
  return new DomainError('request.malformed', { details: { errors: [{ path: 'query', rule }] } });
}

/**
 * The query of a request target as name and value, `+` meaning a space. A parameter sent twice is refused: proxies and
 * apps disagree which one counts (SR-78).
 * @throws request.malformed
 */
export function parseQuery(target: string): Readonly<Record<string, string>> {
  const mark = target.indexOf('?');
  if (mark === -1 || mark === target.length - 1) {
    return none;
  }
  const parameters: Record<string, string> = {};
  const pairs = target.slice(mark + 1).split('&');
  if (pairs.length > parametersMax) {
    throw malformed('too_many');
  }
  for (const pair of pairs) {
    addPair(parameters, pair);
  }
  return parameters;
}

function addPair(parameters: Record<string, string>, pair: string): void {
  if (pair === '') {
    return;
  }
  const equals = pair.indexOf('=');
  const name = decode(equals === -1 ? pair : pair.slice(0, equals));
  if (prototypeKeys.has(name)) {
    throw malformed('prototype_key');
  }
  if (Object.hasOwn(parameters, name)) {
    throw malformed('duplicate_key');
  }
  parameters[name] = equals === -1 ? '' : decode(pair.slice(equals + 1));
}

function decode(part: string): string {
  let text: string;
  try {
    text = decodeURIComponent(part.replaceAll('+', ' '));
  } catch {
    throw malformed('utf8');
  }
  if (text.includes('\0')) {
    throw malformed('text');
  }
  return text;
}

/**
 * Refuses path parameters that did not decode or hold NUL; everything else is for the feature's schema.
 * @throws request.malformed
 */
export function checkPathParameters(params: Readonly<Record<string, string>>): void {
  for (const value of Object.values(params)) {
    if (value.includes('\0') || value.includes('%')) {
      throw new DomainError('request.malformed', { details: { errors: [{ path: 'path', rule: 'text' }] } });
    }
  }
}
