import { createOutboxStore, withTransaction } from '@bank/database';
import { allow, Secret, uuidv7 } from '@bank/domain';
import { createPublisher, createRelay } from '@bank/messaging';
import { createMetrics } from '@bank/observability';
import { until } from '@bank/testing';
import { expect, test } from 'vitest';
import { testEnvironment } from '#testing/index.ts';
import { bare, bareApp } from './bare-app.ts';

const batchSize = 5;

test('SR-89 what cannot be published for one destination keeps nothing for another in the outbox', async () => {
  const environment = await testEnvironment(bare);
  const { ctx, service } = await bareApp(environment.env);
  const { logger } = ctx;
  const publisher = createPublisher({ url: new Secret(environment.broker.url), service: 'device', logger });
  const store = createOutboxStore(ctx.database);
  const metrics = createMetrics({ service: 'device' });
  const relay = createRelay({ store, publisher, service: 'device', logger, metrics, batchSize, pollMs: 50 });
  // Of a request id that no header can carry: as many as one batch takes, and older than all else.
  await environment.database.query(
    `insert into device.outbox (id, destination, type, subject, dataschema, data, request_id, traceparent)
     select id, 'audit', 'audit.entry_recorded.v1', 's', 'd', '{}', repeat('x', 200000), 't' from unnest($1::uuid[]) as id`,
    [Array.from({ length: batchSize }, () => uuidv7())],
  );
  const published = async () => {
    const rows = await environment.database.query<{ destination: string }>(
      'select destination from device.outbox where published_at is not null order by destination',
    );
    return rows.map(({ destination }) => destination);
  };
  await relay.start();
  try {
    for (const time of [1, 2, 3]) {
      const unitOfWork = ctx.unitOfWorkOf(() => ({}));
      await withTransaction({ ...ctx, unitOfWork }, { who: allow.system('test'), unaudited: 'a test' }, async (tx) => {
        const to = { userId: uuidv7() };
        await tx.deliver({ to, channel: 'email', template: 'x', params: {}, expiresAt: new Date() });
      });
      await until(async () => (await published()).length === time);
    }
    expect(await published()).toEqual(Array(3).fill('deliveries'));
    expect(await store.backlog()).toMatchObject([{ destination: 'audit', rows: batchSize }]);
  } finally {
    await relay.stop();
    await publisher.close();
    await service.stop();
  }
});
