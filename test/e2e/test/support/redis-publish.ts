import { connect } from 'node:net';

/** Publishes a text on a channel, as anybody could who got into Redis. */
export async function publishOn(url: string, channel: string, text: string): Promise<void> {
  const { hostname, port, username, password } = new URL(url);
  const credentials = [username, password].filter((part) => part !== '').map(decodeURIComponent);
  const socket = connect({ host: hostname, port: Number(port) });
  if (credentials.length > 0) socket.write(commandOf('AUTH', ...credentials));
  socket.end(commandOf('PUBLISH', channel, text));
  let answer = '';
  for await (const chunk of socket) answer += chunk;
  if (!/:\d+\r\n$/.test(answer)) throw new Error('Redis did not publish');
}

/** In the protocol's own form, which says the length of each word. */
function commandOf(...words: string[]): string {
  return `*${words.length}\r\n${words.map((word) => `$${Buffer.byteLength(word)}\r\n${word}\r\n`).join('')}`;
}
