import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type GatewayUnderTest, startGatewayUnderTest } from '#test/gateway-under-test.ts';

// The second replica of each app; the first is an echo that writes down what reaches it.
const second: { behaviour: RequestListener; asked: string[] } = {
  behaviour: (_, response) => response.end(),
  asked: [],
};
let server: Server;
let gateway: GatewayUnderTest;

beforeAll(async () => {
  server = createServer((request, response) => {
    second.asked.push(request.method ?? '');
    request.resume().on('end', () => second.behaviour(request, response));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  gateway = await startGatewayUnderTest({ secondPort: (server.address() as AddressInfo).port });
});
afterAll(async () => {
  await gateway.stop();
  server.close();
});
beforeEach(() => {
  gateway.seen.length = 0;
  second.asked.length = 0;
});

async function ask(method: string, times: number): Promise<number[]> {
  const answers: number[] = [];
  for (let count = 0; count < times; count += 1) {
    answers.push((await fetch(`${gateway.publicUrl}/v1/profile`, { method })).status);
  }
  return answers;
}

describe('two replicas of an app', () => {
  it('are asked in turn', async () => {
    second.behaviour = (_, response) => response.end();
    expect(await ask('GET', 10)).toEqual(Array(10).fill(200));
    expect([gateway.seen.length, second.asked.length]).toEqual([5, 5]);
  });

  it('one that says goodbye is asked on a new connection the next time', async () => {
    const connections = new Set<unknown>();
    second.behaviour = (request, response) => {
      connections.add(request.socket);
      response.setHeader('connection', 'close').end();
    };
    expect(await ask('POST', 8)).toEqual(Array(8).fill(200));
    expect(connections.size).toBe(second.asked.length);
  });

  it('one that breaks off: what only reads is asked of the other, what changes something is never sent twice', async () => {
    second.behaviour = (request) => request.socket.destroy();
    expect(await ask('GET', 10)).toEqual(Array(10).fill(200));
    expect(second.asked.length).toBeGreaterThan(0);
    for (const method of ['POST', 'PATCH']) {
      gateway.seen.length = 0;
      second.asked.length = 0;
      const answers = await ask(method, 10);
      const failed = answers.filter((status) => status === 503).length;
      expect(failed, method).toBe(second.asked.length);
      expect(answers.length - failed, method).toBe(gateway.seen.length);
      expect(failed, method).toBeGreaterThan(0);
    }
  });

  it('one that refuses connections costs nobody an answer, whatever is asked', async () => {
    server.close();
    server.closeAllConnections();
    await once(server, 'close');
    for (const method of ['GET', 'POST', 'PATCH', 'PUT', 'DELETE']) {
      expect(await ask(method, 20), method).toEqual(Array(20).fill(200));
    }
    expect(gateway.seen).toHaveLength(100);
  });
});
