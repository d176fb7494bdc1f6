import { withTransaction } from '@bank/database';
import { allow, audiences, uuidv7 } from '@bank/domain';
import { ok, type Route } from '@bank/service-kit';
import { until } from '@bank/testing';
import * as v from 'valibot';
import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { Foundations } from '#index.ts';
import { request, type TestEnvironment, testEnvironment } from '#testing/index.ts';
import { type BareApp, bare, bareApp } from './bare-app.ts';

const nobodyListens = '127.0.0.1:1';
const mine: Route<Foundations> = {
  method: 'GET',
  path: '/v1/mine',
  summary: 'x',
  tag: 'x',
  access: 'user',
  responses: { 200: v.any() },
  errors: [],
  handle: async () => ok({}),
};
let environment: TestEnvironment;
let app: BareApp | undefined;

beforeAll(async () => {
  environment = await testEnvironment(bare);
});
afterEach(() => app?.service.stop());

async function started(changes: Record<string, string> = {}): Promise<BareApp> {
  app = await bareApp({ ...environment.env, ...changes });
  await app.service.start();
  return app;
}

function readiness({ service }: BareApp) {
  return request(service, 'GET', '/health/ready');
}

describe('a composed app', () => {
  test('is ready when all it stands on is there', async () => {
    const running = await started();
    const { body } = await until(async () => {
      const answer = await readiness(running);
      return JSON.stringify(answer.body).includes('down') ? undefined : answer;
    });
    const up = expect.objectContaining({ status: 'up' });
    expect(body).toEqual({ status: 'ready', dependencies: { postgres: up, tokens: up, redis: up, rabbitmq: up } });
  });

  test('is ready without Redis and RabbitMQ, and tells of it', async () => {
    const answer = await readiness(
      await started({ REDIS_URL: `redis://${nobodyListens}`, RABBITMQ_URL: `amqp://${nobodyListens}` }),
    );
    const down = { status: 'down' };
    expect(answer).toMatchObject({ status: 200, body: { dependencies: { redis: down, rabbitmq: down } } });
  });

  test('starts without Postgres, and is not ready', async () => {
    const url = new URL(environment.env['DATABASE_URL'] ?? '');
    url.host = nobodyListens;
    const answer = await readiness(await started({ DATABASE_URL: url.href }));
    expect(answer).toMatchObject({ status: 503, body: { dependencies: { postgres: { status: 'down' } } } });
  });

  test('relays what a transaction told', async () => {
    const { ctx } = await started();
    const unitOfWork = ctx.unitOfWorkOf(() => ({}));
    const access = { who: allow.system('test'), audits: ['operator.command_run'] } as const;
    await withTransaction({ ...ctx, unitOfWork }, access, (tx) =>
      tx.audit({ action: 'operator.command_run', subject: uuidv7(), outcome: 'success' }),
    );
    // Marked once the broker has confirmed and routed it.
    const relayed = 'select type from device.outbox where published_at is not null';
    expect(await until(async () => (await environment.database.query(relayed))[0])).toEqual({
      type: 'audit.entry_recorded.v1',
    });
  });

  test.each([
    ['customers', [audiences.customers], ['https://app.bank.test']],
    ['staff', [audiences.staff], ['https://staff.bank.test']],
    ['both', [audiences.customers, audiences.staff], ['https://app.bank.test', 'https://staff.bank.test']],
  ])('SR-80 lets browsers call from the pages of its audiences alone: %s', async (_, taken, allowed) => {
    const origins = { WEB_ORIGINS: 'https://app.bank.test', STAFF_ORIGINS: 'https://staff.bank.test' };
    app = await bareApp({ ...environment.env, ...origins }, { audiences: taken, routes: [mine] });
    for (const origin of ['https://app.bank.test', 'https://staff.bank.test', 'https://evil.test']) {
      const asked = {
        origin,
        'access-control-request-method': 'GET',
        'access-control-request-headers': 'authorization',
      };
      const { status, headers } = await request(app.service, 'OPTIONS', '/v1/mine', { headers: asked });
      const granted = allowed.includes(origin);
      expect([status, headers.get('access-control-allow-origin')]).toEqual([204, granted ? origin : null]);
      expect(headers.get('access-control-allow-headers')?.includes('Authorization') ?? false).toBe(granted);
      const refused = await request(app.service, 'GET', '/v1/mine', { headers: { origin } });
      expect([refused.status, refused.headers.get('access-control-allow-origin')]).toEqual([
        401,
        granted ? origin : null,
      ]);
    }
  });

  test('is refused when it leaves its queue unread', async () => {
    await expect(bareApp(environment.env, { consumers: [] })).rejects.toThrow('device.events');
  });
});
