import { audiences, uuidv7 } from '@bank/domain';
import { createMetrics } from '@bank/observability';
import { createClient } from '@connectrpc/connect';
import { createConnectTransport } from '@connectrpc/connect-node';
import * as v from 'valibot';
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { type Denial, type DenialLog, defineRoutes, ok, type Service } from '#index.ts';
import { probeRpc } from './support/probe-rpc.ts';
import { ProbeService } from './support/probe-service.ts';
import { callers, failureOf, pem } from './support/rpc-world.ts';
import { logLines, type TestTls, testService, testTls } from './support/service.ts';
import { testTokens } from './support/tokens.ts';

const described = { summary: 'x', tag: 'x', errors: [], responses: { 200: v.any() }, method: 'GET' } as const;
const once = { name: 'once', points: 1, windowSeconds: 60 } as const;
const handle = async () => ok({});

const routes = defineRoutes<{ calls: number; failures: string[] }>([
  { ...described, path: '/v1/staff', access: { permission: 'users.read' }, handle },
  { ...described, path: '/v1/mine', access: 'user', limits: [{ ...once, by: 'user' }], handle },
  { ...described, path: '/v1/open', access: 'public', limits: [{ ...once, by: 'address' }], handle },
]);

/** The port over a list, which can be made to fail. */
const denials: DenialLog & { kept: Denial[]; failing: boolean } = {
  kept: [],
  failing: false,
  async record(denial) {
    if (denials.failing) throw new Error('the ledger is away');
    denials.kept.push(denial);
  },
};
const { record } = denials;
const tokens = testTokens();
const log = logLines();
const metrics = createMetrics({ service: 'test' });
let tls: TestTls;
let service: Service;

beforeAll(async () => {
  tls = await testTls(callers);
  const context = { calls: 0, failures: [] };
  const parts = { context, log, metrics, routes, rpc: [probeRpc], verifier: tokens.verifier, denials };
  service = await testService<typeof context>(parts, tls);
  await service.start();
});
afterAll(() => service.stop());
beforeEach(() => {
  denials.kept = [];
  denials.failing = false;
});

function get(path: string, headers: Record<string, string> = {}): Promise<Response> {
  return service.fetch(new Request(`http://bank.test${path}`, { headers }));
}

async function counted(code: string, actor: string): Promise<number> {
  const labels = [`code="${code}"`, `actor="${actor}"`];
  const lines = (await metrics.text()).split('\n').filter((line) => line.startsWith('refusals_total{'));
  return Number(
    lines
      .find((line) => labels.every((label) => line.includes(label)))
      ?.split(' ')
      .at(-1) ?? 0,
  );
}

describe('SR-86 a request that is refused', () => {
  it('to somebody known is recorded: who, what and why', async () => {
    const sub = uuidv7();
    expect((await get('/v1/staff', tokens.headers({ sub, acr: 'aal2' }))).status).toBe(403);
    const actor = expect.objectContaining({ kind: 'user', userId: sub });
    expect(denials.kept).toEqual([{ actor, code: 'access.forbidden', operation: 'GET /v1/staff' }]);
    expect(await counted('access.forbidden', 'user')).toBe(1);
  });

  it('by a limit of their own is recorded', async () => {
    const headers = tokens.headers({ sub: uuidv7() });
    expect([(await get('/v1/mine', headers)).status, (await get('/v1/mine', headers)).status]).toEqual([200, 429]);
    expect(denials.kept).toMatchObject([{ code: 'request.rate_limited', operation: 'GET /v1/mine' }]);
  });

  it('to nobody known is logged and counted alone, with the network it came from', async () => {
    await get('/v1/open', { 'x-forwarded-for': '203.0.113.9' });
    expect((await get('/v1/open', { 'x-forwarded-for': '203.0.113.9' })).status).toBe(429);
    expect((await get('/v1/staff')).status).toBe(401);
    expect(denials.kept).toEqual([]);
    expect(await counted('request.rate_limited', 'anonymous')).toBe(1);
    expect(await counted('auth.token.missing', 'anonymous')).toBe(1);
    expect(log.lines).toContainEqual(
      expect.objectContaining({ code: 'request.rate_limited', reason: 'limit once', clientNetwork: '203.0.113.0/24' }),
    );
  });

  it('for want of a step-up is a question, and no denial', async () => {
    const token = tokens.headers({ aud: audiences.staff, roles: ['support'], acr: 'aal1' });
    expect((await get('/v1/staff', { ...token, 'x-bank-listener': 'staff' })).status).toBe(403);
    expect(denials.kept).toEqual([]);
  });

  it('stays refused when it cannot be recorded, which is told', async () => {
    denials.failing = true;
    expect((await get('/v1/staff', tokens.headers({ acr: 'aal2' }))).status).toBe(403);
    expect(log.lines).toContainEqual(expect.objectContaining({ msg: 'a denial could not be recorded' }));
  });

  it('is answered in time while the ledger hangs', async () => {
    denials.record = () => new Promise(() => undefined);
    onTestFinished(() => {
      denials.record = record;
    });
    const startedAt = performance.now();
    expect((await get('/v1/staff', tokens.headers({ acr: 'aal2' }))).status).toBe(403);
    expect(performance.now() - startedAt).toBeLessThan(3000);
  });
});

describe('SR-86 a call that is refused', () => {
  async function client(uri: string) {
    const identity = await tls.identity(uri.replace(/\W+/g, '-'), { uri });
    const baseUrl = `https://localhost:${service.rpcPort}`;
    return createClient(
      ProbeService,
      createConnectTransport({ baseUrl, httpVersion: '1.1', nodeOptions: pem(identity) }),
    );
  }

  it.each([
    ['spiffe://bank/app/mfa', 'mfa'],
    ['spiffe://bank/app/stranger', 'spiffe://bank/app/stranger'],
  ])('to %s is recorded under the name it has here', async (uri, name) => {
    await failureOf((await client(uri)).read({ value: 'x' }));
    const [denial] = denials.kept;
    expect(denial).toMatchObject({ actor: { kind: 'service', name }, code: 'access.caller.unknown' });
    expect(denial?.operation).toMatch(/ProbeService\/Read$/);
  });

  it('to the person behind it is recorded under their id', async () => {
    const sub = uuidv7();
    const headers = { 'bank-user-token': tokens.mint({ sub }) };
    await failureOf((await client('spiffe://bank/app/profile')).staffOnly({}, { headers }));
    expect(denials.kept).toMatchObject([{ actor: { kind: 'user', userId: sub }, code: 'access.forbidden' }]);
  });
});
