import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { createMetrics, requestContext } from '@bank/observability';
import { fixedClock } from '@bank/testing';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { createRpcClient, type RpcClientOptions } from '#index.ts';
import { RequestScope } from '#runtime/request-scope.ts';
import { type ProbeService as Probe, ProbeService } from './support/probe-service.ts';
import { type RpcWorld, rpcWorld } from './support/rpc-world.ts';

let world: RpcWorld;
beforeAll(async () => {
  world = await rpcWorld();
});
afterAll(() => world.service.stop());

/** A client of the probe, and how often its calls ended with which code. */
function counted(options: Partial<RpcClientOptions> = {}) {
  const metrics = createMetrics({ service: 'test' });
  const client = createRpcClient<Probe>(ProbeService, {
    baseUrl: world.baseUrl,
    tls: world.profile,
    retry: { waitMs: 1 },
    breaker: { openMs: 60_000 },
    metrics,
    ...options,
  });
  const codes = async () => {
    const counts = (await metrics.text()).matchAll(/^rpc_request_duration_seconds_count\{.*code="(\w+)".*\} (\d+)$/gm);
    return Object.fromEntries(Array.from(counts, ([, code, count]) => [code, Number(count)]));
  };
  const call = async (times: number, value = 'x') => {
    for (let made = 0; made < times; made += 1) await client.say({ value }).catch(() => undefined);
  };
  return { client, call, codes };
}

async function resettingPort(): Promise<number> {
  const server = createServer((socket) => void socket.on('error', () => undefined).resetAndDestroy());
  await once(server.listen(0, 'localhost'), 'listening');
  onTestFinished(() => void server.close());
  return (server.address() as AddressInfo).port;
}

describe('a call counts', () => {
  it('as what kept it from being made, and behind a circuit as that', async () => {
    const { call, codes } = counted({ baseUrl: 'https://localhost:1' });
    await call(10);
    // Three tries each, of which the fifth opens the circuit.
    expect(await codes()).toEqual({ unavailable: 2, circuit_open: 8 });
  });

  it('as that again where it was the trial of an open circuit', async () => {
    const clock = fixedClock();
    const { call, codes } = counted({ baseUrl: 'https://localhost:1', breaker: { failures: 1, openMs: 2000 }, clock });
    await call(2);
    clock.advance(2000);
    await call(2);
    expect(await codes()).toEqual({ unavailable: 2, circuit_open: 2 });
  });

  it('as unavailable where the connection broke off', async () => {
    const { call, codes } = counted({ baseUrl: `https://localhost:${await resettingPort()}` });
    await call(1);
    expect(await codes()).toEqual({ unavailable: 1 });
  });

  it('as over its deadline where the callee hangs, until the circuit opens', async () => {
    const { call, codes } = counted({ deadlineMs: 60 });
    await call(7, 'hang');
    expect(await codes()).toEqual({ deadline_exceeded: 5, circuit_open: 2 });
  });

  it('as not sent where there was no time left', async () => {
    const { call, codes } = counted();
    const scope = new RequestScope({ requestId: 'r', traceparent: undefined, deadlineAt: Date.now() - 1 });
    await requestContext.run(scope, () => call(2));
    expect(await codes()).toEqual({ not_sent: 2 });
  });

  it('as refused where the callee does not take calls of this app', async () => {
    const { call, codes } = counted({ tls: await world.tls.identity('device') });
    await call(7);
    expect(await codes()).toEqual({ caller_refused: 7 });
  });

  it('as denied where it is the person who may not', async () => {
    const { call, client, codes } = counted();
    await call(2, 'access.forbidden');
    await client.whoAmI({}).catch(() => undefined);
    expect(await codes()).toEqual({ permission_denied: 2, unauthenticated: 1 });
  });

  it('as internal where another service answers in its place', async () => {
    const { call, codes } = counted({ serverUri: 'spiffe://bank/app/other' });
    await call(7);
    expect(await codes()).toEqual({ internal: 7 });
  });
});
