import { once } from 'node:events';
import { connect } from 'node:net';

export interface RawAnswer {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Headers;
  readonly text: string;
}

/** Sends bytes as they are, which no HTTP client would, and reads the answer to its end: the request should close the connection. */
export async function sendBytes(baseUrl: string, bytes: string): Promise<RawAnswer> {
  const { hostname, port } = new URL(baseUrl);
  const socket = connect({ host: hostname, port: Number(port) });
  socket.setTimeout(10_000, () => socket.destroy());
  await once(socket, 'connect');
  socket.write(bytes); // and no end: the gateway takes a closed half for a client that has left
  let answer = '';
  for await (const chunk of socket) answer += chunk;
  const [head = '', ...rest] = answer.split('\r\n\r\n');
  const [statusLine = '', ...fields] = head.split('\r\n');
  const headers = new Headers(
    fields.map((field) => [field.slice(0, field.indexOf(':')), field.slice(field.indexOf(':') + 1)]),
  );
  return { status: Number(statusLine.split(' ')[1]), headers, text: rest.join('\r\n\r\n') };
}

/** A request without a body, its target unchanged by any client. */
export function requestLine(target: string, method = 'GET'): string {
  return `${method} ${target} HTTP/1.1\r\nHost: bank.example\r\nConnection: close\r\n\r\n`;
}
