import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterEach, describe, expect, it } from 'vitest';
import { forward } from '#stack/balancer/forward.ts';

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

async function replica(answer: (socket: Socket) => void): Promise<number> {
  const server = createServer({ allowHalfOpen: true }, answer).listen(0, '127.0.0.1');
  servers.push(server);
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

/** A port that nobody listens at. */
async function closedPort(): Promise<number> {
  const port = await replica(() => undefined);
  const server = servers.pop();
  server?.close();
  await once(server ?? expect.unreachable(), 'close');
  return port;
}

async function inFrontOf(...targets: readonly number[]): Promise<() => Socket> {
  const server = await forward({ listen: 0, targets });
  servers.push(server);
  const { port } = server.address() as AddressInfo;
  return () => connect(port, '127.0.0.1');
}

/** A replica that hears everything out before it answers with its name and what it heard. */
const named = (name: string) =>
  replica((socket) => {
    let heard = '';
    socket.on('data', (chunk) => {
      heard += chunk;
    });
    socket.on('end', () => socket.end(`${name}: ${heard}`));
  });

/** Says something to its end, and gives what is answered to its end. */
async function say(socket: Socket, words: string): Promise<string> {
  socket.end(words);
  return text(socket);
}

describe('forward', () => {
  it('hands connections to one replica after another, and every byte both ways', async () => {
    const open = await inFrontOf(await named('a'), await named('b'));
    const long = 'x'.repeat(1_000_000);
    expect(await say(open(), long)).toBe(`a: ${long}`);
    expect(await say(open(), 'two')).toBe('b: two');
    expect(await say(open(), 'three')).toBe('a: three');
  });

  it('passes over a replica that refuses', async () => {
    const open = await inFrontOf(await closedPort(), await named('b'));
    for (const words of ['one', 'two', 'three']) expect(await say(open(), words)).toBe(`b: ${words}`);
  });

  it('breaks off where nobody answers, and when the replica breaks off', async () => {
    const nobody = await inFrontOf(await closedPort(), await closedPort());
    await expect(say(nobody(), 'hello')).rejects.toMatchObject({ code: 'ECONNRESET' });
    const open = await inFrontOf(await replica((socket) => socket.destroy()));
    expect(await say(open(), 'hello').catch((error: { code: string }) => error.code)).toMatch(/^(ECONNRESET|EPIPE|)$/);
  });
});
