import { uuidv7 } from '@bank/domain';
import { defineRoutes, ok } from '@bank/service-kit';
import { raceOf } from '@bank/testing';
import * as v from 'valibot';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createDenialLog } from '#denial-log.ts';
import type { Foundations } from '#index.ts';
import { request, testEnvironment } from '#testing/index.ts';
import { type BareApp, bare, bareApp } from './bare-app.ts';

const routes = defineRoutes<Foundations>([
  {
    method: 'GET',
    path: '/v1/staff',
    summary: 'x',
    tag: 'x',
    access: { permission: 'users.read' },
    responses: { 200: v.any() },
    errors: [],
    handle: async () => ok({}),
  },
]);
const environment = await testEnvironment(bare);
let app: BareApp;

beforeAll(async () => {
  app = await bareApp(environment.env, { routes });
  await app.service.start();
});
afterAll(() => app.service.stop());

async function entriesAbout(subject: string): Promise<Record<string, unknown>[]> {
  const rows = await environment.database.query<{ data: Record<string, unknown> }>(
    `select data from device.outbox where destination = 'audit' and subject = $1`,
    [subject],
  );
  return rows.map(({ data }) => data);
}

test('SR-86 the ledger is told who was denied what, and from where', async () => {
  const [userId, sessionId] = [uuidv7(), uuidv7()];
  const token = app.issuer.token({ userId, sessionId, acr: 'aal2' });
  const headers = { 'x-request-id': 'a-request-1', 'x-forwarded-for': '203.0.113.7' };
  expect((await request(app.service, 'GET', '/v1/staff', { token, headers })).status).toBe(403);
  expect(await entriesAbout(userId)).toEqual([
    expect.objectContaining({
      action: 'access.denied',
      actor: { kind: 'ACTOR_KIND_USER', id: userId, sessionId, roles: ['customer'] },
      outcome: 'AUDIT_OUTCOME_DENIED',
      reason: 'access.forbidden',
      details: { operation: 'GET /v1/staff' },
      requestId: 'a-request-1',
      clientNetwork: '203.0.113.0/24',
      source: 'device',
    }),
  ]);
});

test('SR-86 it is told of ten denials a minute of one actor, however many there are', async () => {
  const log = createDenialLog(app.ctx);
  const denial = { code: 'access.caller.unknown', operation: 'bank.x.v1.X/Y' } as const;
  const record = (name: string) => () => log.record({ actor: { kind: 'service', name }, ...denial });
  await raceOf(40, record('busy'));
  await record('quiet')();
  expect(await entriesAbout('service:busy')).toHaveLength(10);
  expect(await entriesAbout('service:quiet')).toHaveLength(1);
});
