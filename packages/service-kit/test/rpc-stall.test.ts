import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { connect } from 'node:http2';
import { request as httpsRequest } from 'node:https';
import { setTimeout as pause } from 'node:timers/promises';
import { create, toBinary } from '@bufbuild/protobuf';
import { StringValueSchema } from '@bufbuild/protobuf/wkt';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { pem, type RpcWorld, rpcWorld } from './support/rpc-world.ts';

/** Large messages without an end. */
const many = '-2';
const stallMs = 500;

let world: RpcWorld;
beforeAll(async () => {
  world = await rpcWorld({ streamStallMs: stallMs });
});
afterAll(() => world.service.stop());

/** The one message of a stream's request: a flag, its length, and itself. */
function envelope(value: string): Buffer {
  const message = toBinary(StringValueSchema, create(StringValueSchema, { value }));
  const head = Buffer.alloc(5);
  head.writeUInt32BE(message.length, 1);
  return Buffer.concat([head, message]);
}

const path = '/bank.probe.v1.ProbeService/Count';

it('cuts off who takes nothing of what they asked for, over HTTP/1.1', async () => {
  const headers = { 'content-type': 'application/connect+proto' };
  const asked = httpsRequest(`${world.baseUrl}${path}`, { method: 'POST', headers, ...pem(world.profile) });
  asked.end(envelope(many));
  const [answer] = (await once(asked, 'response')) as [IncomingMessage];
  const ended = new Promise((resolve) => answer.once('close', resolve));
  answer.on('error', () => undefined).pause();
  await pause(4 * stallMs);
  answer.resume();
  await ended;
  expect(answer.complete).toBe(false);
});

it('and over HTTP/2', async () => {
  const session = connect(world.baseUrl, pem(world.profile));
  const stream = session.request({
    ':method': 'POST',
    ':path': path,
    'content-type': 'application/grpc+proto',
    te: 'trailers',
  });
  stream.on('error', () => undefined).end(envelope(many));
  let isWhole = false;
  stream.once('trailers', () => {
    isWhole = true;
  });
  await once(stream, 'response');
  const ended = new Promise((resolve) => stream.once('close', resolve));
  await pause(4 * stallMs);
  stream.resume();
  await ended;
  expect(isWhole).toBe(false);
  session.destroy();
});

it('not who reads slowly, nor who waits for what is seldom said', async () => {
  const numbers: string[] = [];
  for await (const { value } of world.client(world.profile).count({ value: '12' })) {
    numbers.push(value);
    await pause(stallMs / 6);
  }
  expect(numbers).toHaveLength(12);
});
