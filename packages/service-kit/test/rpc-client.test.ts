import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { DomainError } from '@bank/domain';
import { requestContext } from '@bank/observability';
import { until } from '@bank/testing';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { createRpcClient, forwardUser, type RpcClientOptions } from '#index.ts';
import { RequestScope } from '#runtime/request-scope.ts';
import { type ProbeService as Probe, ProbeService } from './support/probe-service.ts';
import { type RpcWorld, rpcWorld } from './support/rpc-world.ts';

let world: RpcWorld;
beforeAll(async () => {
  world = await rpcWorld();
});
afterAll(() => world.service.stop());
beforeEach(() => {
  world.context.calls = 0;
});
afterEach(() => {
  world.context.failures.length = 0;
});

const client = (options: Partial<RpcClientOptions> = {}) =>
  createRpcClient<Probe>(ProbeService, { baseUrl: world.baseUrl, tls: world.profile, ...options });

/** Another port of the service, closed at first. */
async function detour() {
  const server = createServer().listen(0, 'localhost');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return {
    baseUrl: `https://localhost:${port}`,
    async open(join: (here: Socket, there: Socket) => void) {
      server.on('connection', (here) => {
        const there = connect({ host: 'localhost', port: Number(new URL(world.baseUrl).port) });
        for (const socket of [here, there]) socket.on('error', () => undefined);
        join(here, there);
      });
      server.listen(port, 'localhost');
      await once(server, 'listening');
      onTestFinished(() => void server.close());
    },
  };
}

function scope(options: { deadlineAt?: number; token?: string } = {}): RequestScope {
  const traceparent = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';
  const made = new RequestScope({ requestId: 'request-7', traceparent, deadlineAt: options.deadlineAt });
  if (options.token !== undefined) {
    made.identify({ kind: 'anonymous' }, { token: options.token, proof: undefined });
  }
  return made;
}

describe('a call', () => {
  it('answers, and fails with the error that the callee named', async () => {
    expect((await client().say({ value: 'hello' })).value).toBe('hello');
    const failing = client().say({ value: 'user.state.blocked' });
    await expect(failing).rejects.toBeInstanceOf(DomainError);
    await expect(failing).rejects.toMatchObject({ code: 'user.state.blocked', details: { retryAfterSeconds: 7 } });
  });

  it('carries request id and trace of the running request', async () => {
    const { value } = await requestContext.run(scope(), () => client().say({ value: 'context' }));
    expect(JSON.parse(value)).toMatchObject({
      requestId: 'request-7',
      traceparent: expect.stringContaining('4bf92f3577b34da6a3ce929d0e0e4736'),
    });
  });

  it('carries the token of a person only when asked to', async () => {
    const running = scope({ token: world.tokens.mint() });
    await requestContext.run(running, async () => {
      expect((await client().whoAmI({}, forwardUser())).value).toContain('customer');
      await expect(client().whoAmI({})).rejects.toMatchObject({ code: 'auth.token.missing' });
    });
    expect(() => forwardUser()).toThrow(expect.objectContaining({ code: 'auth.token.missing' }));
    expect(JSON.stringify(running)).not.toContain('eyJ');
  });

  it('ends at its deadline, or at that of the running request', async () => {
    await expect(client({ deadlineMs: 60 }).say({ value: 'hang' })).rejects.toMatchObject({ code: 'service.deadline' });
    const startedAt = performance.now();
    const running = scope({ deadlineAt: Date.now() + 60 });
    const call = requestContext.run(running, () => client({ deadlineMs: 5000 }).say({ value: 'hang' }));
    await expect(call).rejects.toMatchObject({ code: 'service.deadline' });
    expect(performance.now() - startedAt).toBeLessThan(1000);
    const late = requestContext.run(scope({ deadlineAt: Date.now() - 1 }), () => client().say({ value: 'x' }));
    await expect(late).rejects.toMatchObject({ code: 'service.deadline' });
  });

  it('streams', async () => {
    expect(await Array.fromAsync(client().count({ value: '2' }), ({ value }) => value)).toEqual(['1', '2']);
    const failing = Array.fromAsync(client().count({ value: '-1' }));
    await expect(failing).rejects.toMatchObject({ code: 'user.not_found' });
  });

  it('goes to the right service only', async () => {
    const right = client({ serverUri: 'spiffe://bank/app/server' });
    expect((await right.say({ value: 'x' })).value).toBe('x');
    const wrong = client({ serverUri: 'spiffe://bank/app/other' });
    await expect(wrong.say({ value: 'x' })).rejects.toMatchObject({ code: 'service.internal' });
  });
});

describe('a callee that is away', () => {
  const away = { attemptsMax: 3, waitMs: 5 };

  it('is asked again for what may be repeated', async () => {
    world.context.failures.push('service.unavailable', 'service.unavailable');
    expect((await client({ retry: away }).read({ value: 'x' })).value).toBe('x');
    expect(world.context.calls).toBe(3);
  });

  it('is asked three times and no more', async () => {
    world.context.failures.push(
      'service.unavailable',
      'service.overloaded',
      'service.unavailable',
      'service.unavailable',
    );
    await expect(client({ retry: away }).read({ value: 'x' })).rejects.toMatchObject({ code: 'service.unavailable' });
    expect(world.context.calls).toBe(3);
  });

  it('is not asked again for what may not, or after another answer', async () => {
    world.context.failures.push('service.unavailable');
    await expect(client({ retry: away }).say({ value: 'x' })).rejects.toMatchObject({ code: 'service.unavailable' });
    expect(world.context.calls).toBe(1);
    for (const code of ['user.transition.illegal', 'service.internal', 'request.rate_limited'] as const) {
      world.context.failures.push(code);
      await expect(client({ retry: away }).read({ value: 'x' })).rejects.toMatchObject({ code });
    }
    expect(world.context.calls).toBe(4);
  });

  it('is asked again for a write that its contract calls idempotent', async () => {
    world.context.failures.push('service.unavailable');
    expect((await client({ retry: away }).put({ value: 'x' })).value).toBe('x');
    expect(world.context.calls).toBe(2);
  });

  it('is asked again for anything when there was no connection to ask on', async () => {
    const { baseUrl, open } = await detour();
    const calling = client({ baseUrl, retry: { attemptsMax: 1000, waitMs: 1 } }).say({ value: 'x' });
    await open((here, there) => here.pipe(there).pipe(here));
    expect((await calling).value).toBe('x');
    expect(world.context.calls).toBe(1);
  });

  it('is asked again for anything when the connection broke off while it was made', async () => {
    const { baseUrl, open } = await detour();
    let made = 0;
    await open((here, there) => {
      made += 1;
      if (made < 3) here.resetAndDestroy();
      else here.pipe(there).pipe(here);
    });
    expect((await client({ baseUrl, retry: away }).say({ value: 'x' })).value).toBe('x');
    expect([made, world.context.calls]).toEqual([3, 1]);
  });

  it('is not asked again for what may not when it broke off before it answered', async () => {
    const { baseUrl, open } = await detour();
    await open((here, there) => {
      here.pipe(there).pipe(here);
      void until(() => world.context.calls > 0).then(() => here.resetAndDestroy());
    });
    const calling = client({ baseUrl, retry: away }).say({ value: 'hang' });
    await expect(calling).rejects.toMatchObject({ code: 'service.unavailable', isUndone: false });
    expect(world.context.calls).toBe(1);
  });

  it('says that nothing was done where nobody got it', async () => {
    const { baseUrl } = await detour();
    const gone = client({ baseUrl, breaker: { failures: 1, openMs: 60_000 } });
    const undone = { code: 'service.unavailable', isUndone: true };
    await expect(gone.say({ value: 'x' })).rejects.toMatchObject(undone);
    await expect(gone.say({ value: 'the circuit is open' })).rejects.toMatchObject(undone);
    const { baseUrl: refusing, open } = await detour();
    await open((here) => here.end());
    await expect(client({ baseUrl: refusing, retry: away }).say({ value: 'x' })).rejects.toMatchObject(undone);
  });

  it('is left alone for a while, and tried again', async () => {
    const gone = createRpcClient<Probe>(ProbeService, {
      baseUrl: 'https://localhost:1',
      tls: world.profile,
      breaker: { failures: 2, openMs: 50 },
      retry: { attemptsMax: 1 },
    });
    const reason = () => gone.say({ value: 'x' }).catch((error: DomainError) => error.reason);
    expect(await reason()).toMatch(/cannot be reached/);
    expect(await reason()).toMatch(/cannot be reached/);
    expect(await reason()).toMatch(/circuit .* is open/);
    await until(async () => /cannot be reached/.test(String(await reason())));
  });
});
