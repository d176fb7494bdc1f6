import { listenerFor } from '@bank/composition/testing';
import type { TestAuth } from './auth.ts';

/** An answer, read to its end. */
export interface Answer {
  status: number;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into bodies of every shape
  body: any;
  headers: Headers;
}

export interface RequestOptions {
  headers?: Record<string, string>;
  /** Sent as a bearer token. */
  token?: string;
}

/** Sends JSON and reads the answer; with a token by the listener of whom it is for, unless said. */
export async function send(
  auth: TestAuth,
  method: string,
  path: string,
  body?: unknown,
  { headers = {}, token }: RequestOptions = {},
): Promise<Answer> {
  const response = await fetch(`${auth.url}${path}`, {
    method,
    headers: {
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...(token === undefined ? {} : { authorization: `Bearer ${token}`, ...listenerFor(token) }),
      ...headers,
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  return { status: response.status, body: text === '' ? undefined : JSON.parse(text), headers: response.headers };
}

/** POST with a JSON body. */
export function post(auth: TestAuth, path: string, body?: unknown, options?: RequestOptions): Promise<Answer> {
  return send(auth, 'POST', path, body, options);
}

/** GET with a token. */
export function get(auth: TestAuth, path: string, token?: string): Promise<Answer> {
  return send(auth, 'GET', path, undefined, token === undefined ? {} : { token });
}
