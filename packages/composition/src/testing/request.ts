import type { Service } from '@bank/service-kit';
import { listenerFor } from '#testing/listener.ts';

export interface TestRequest {
  readonly token?: string;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/**
 * One request to an app without a socket, by the listener of whom its token is for unless said. The body of the answer is parsed
 * when there is one and it is JSON.
 */
export async function request(
  app: Service,
  method: string,
  path: string,
  { token, body, headers }: TestRequest = {},
): Promise<{ status: number; body: unknown; headers: Headers }> {
  const response = await app.fetch(
    new Request(new URL(path, 'http://app.test'), {
      method,
      headers: {
        ...(token !== undefined && { authorization: `Bearer ${token}`, ...listenerFor(token) }),
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    }),
  );
  const text = await response.text();
  const isJson = response.headers.get('content-type')?.includes('json') === true;
  const answered = text === '' ? undefined : isJson ? JSON.parse(text) : text;
  return { status: response.status, body: answered, headers: response.headers };
}
