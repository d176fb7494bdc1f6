import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import type { TestAuth } from './auth.ts';

/** Sends JSON over a connection of its own, and gives every byte of the answer. */
export async function rawPost(auth: TestAuth, path: string, body: unknown): Promise<string> {
  const { hostname, port } = new URL(auth.url);
  const content = JSON.stringify(body);
  const socket = connect(Number(port), hostname);
  socket.write(
    [
      `POST ${path} HTTP/1.1`,
      'host: auth.example',
      'connection: close',
      'content-type: application/json',
      `content-length: ${Buffer.byteLength(content)}`,
      '',
      content,
    ].join('\r\n'),
  );
  return await text(socket);
}

/**
 * The same without what differs from request to request whoever asks: ids, the time, and how far the limits of the client's
 * address are used up. Each keeps its length, but for the counters.
 */
export function withoutChance(answer: string): string {
  return answer
    .replace(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g, (id) => id.replace(/[0-9a-f]/g, 'x'))
    .replace(/\b[0-9a-f]{32}-[0-9a-f]{16}\b/g, (id) => id.replace(/[0-9a-f]/g, 'x'))
    .replace(/^(date: ).*$/gim, '$1-')
    .replace(/^(ratelimit: .*)$/gim, (limits) => limits.replace(/([rt])=\d+/g, '$1=#'));
}
