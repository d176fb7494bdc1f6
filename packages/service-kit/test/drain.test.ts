import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Worker } from 'node:worker_threads';
import { expect, it, onTestFinished } from 'vitest';
import { drain } from '#runtime/drain.ts';

/** Asks eight times at once from a thread of its own when it is told to, and tells the statuses, or why there is none. */
const client = `
  const { parentPort, workerData } = require('node:worker_threads');
  parentPort.once('message', (told) => {
    const ask = () => fetch(workerData, { method: 'POST' }).then(({ status }) => status, ({ cause }) => cause.code);
    Promise.all(Array.from({ length: 8 }, ask)).then((answers) => parentPort.postMessage(answers));
    Atomics.store(told, 0, 1);
  });
  parentPort.postMessage('ready');`;

it('connections that nobody has taken yet when the port closes are served', async () => {
  const server = createServer((_request, response) => response.end());
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const worker = new Worker(client, { eval: true, workerData: url });
  onTestFinished(async () => void (await worker.terminate()));
  await once(worker, 'message');
  const told = new Int32Array(new SharedArrayBuffer(4));
  worker.postMessage(told);
  // Busy, as an app under load is: the kernel makes the connection meanwhile.
  const until = performance.now() + 500;
  while (performance.now() < until);
  expect(Atomics.load(told, 0)).toBe(1);
  const answer = once(worker, 'message');
  await drain(server, 2000, () => server.closeAllConnections());
  expect(await answer).toEqual([Array(8).fill(200)]);
});
