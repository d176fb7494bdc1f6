import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Worker } from 'node:worker_threads';
import { expect, it, onTestFinished } from 'vitest';
import { drain } from '#runtime/drain.ts';

const clients = 8;

/** Connects so many times from a thread of its own, counts each connection that the kernel has made, and tells what came back over each. */
const client = `
  const { connect } = require('node:net');
  const { parentPort, workerData } = require('node:worker_threads');
  const { port, clients, made } = workerData;
  const ask = () => new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.write('POST / HTTP/1.1\\r\\nHost: a\\r\\nContent-Length: 0\\r\\nConnection: close\\r\\n\\r\\n');
      Atomics.add(made, 0, 1);
    });
    socket.once('data', (data) => resolve(String(data).split(' ')[1]));
    socket.once('error', ({ code }) => resolve(code));
    socket.once('end', () => resolve('end'));
  });
  Promise.all(Array.from({ length: clients }, ask)).then((answers) => parentPort.postMessage(answers));`;

it('connections that nobody has taken yet when the port closes are served', async () => {
  const server = createServer((_request, response) => response.end());
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as AddressInfo;
  const made = new Int32Array(new SharedArrayBuffer(4));
  const worker = new Worker(client, { eval: true, workerData: { port, clients, made } });
  onTestFinished(async () => void (await worker.terminate()));
  await once(worker, 'online');
  const answers = once(worker, 'message');
  // Busy, as an app under load is: nobody takes what the kernel makes meanwhile.
  const until = performance.now() + 30_000;
  while (Atomics.load(made, 0) < clients && performance.now() < until);
  await drain(server, 2000, () => server.closeAllConnections());
  expect(await answers).toEqual([Array(clients).fill('200')]);
}, 60_000);
