// A process that relays its outbox and handles its own events, and is killed like by `kill -9` at the point that
// DIE_AT names: `publish` (committed, not published yet), `mark` (published, not marked yet), `ack` (handled and
// committed, not acknowledged yet).
import { createOutboxStore, type OutboxStore, once, withTransaction } from '@bank/database';
import { allow } from '@bank/domain';
import { createConsumers, createPublisher, createRelay, type Publisher } from '@bank/messaging';
import { baseEnv, readConfig } from '@bank/service-kit';
import * as v from 'valibot';
import { createFoundations } from '#index.ts';
import { counterService, repositories } from './counter-service.ts';

const dieAt = process.env['DIE_AT'];
// Not the first time, so that something was done before.
let passesLeft = Math.floor(Math.random() * 3);

function reach(point: 'publish' | 'mark' | 'ack'): void {
  if (point !== dieAt) return;
  if (passesLeft === 0) process.kill(process.pid, 'SIGKILL');
  passesLeft -= 1;
}

const config = readConfig(v.object(baseEnv), process.env);
const foundations = await createFoundations(config, counterService);
const ctx = { ...foundations, unitOfWork: foundations.unitOfWorkOf(repositories) };
const broker = { url: config.RABBITMQ_URL, service: ctx.service, logger: ctx.logger };

function dyingPublisher(inner: Publisher): Publisher {
  return {
    ...inner,
    publish(messages, options) {
      reach('publish');
      return inner.publish(messages, options);
    },
  };
}

function dyingStore(inner: OutboxStore): OutboxStore {
  return {
    ...inner,
    publishBatch: (claim, publish) =>
      inner.publishBatch(claim, async (rows) => {
        const confirmed = await publish(rows);
        if (confirmed.length > 0) reach('mark');
        return confirmed;
      }),
  };
}

const relay = createRelay({
  ...ctx,
  store: dyingStore(createOutboxStore(ctx.database)),
  publisher: dyingPublisher(createPublisher(broker)),
  batchSize: 7,
  pollMs: 50,
});
const consumers = createConsumers({
  ...broker,
  metrics: ctx.metrics,
  consumers: [
    {
      name: 'counter',
      queue: 'device.events',
      types: ['*'],
      async handle(event) {
        await once(ctx, 'counter', event.id, (tx) =>
          withTransaction(tx, { who: allow.system('counter'), unaudited: 'a test' }, (inner) =>
            inner.effects.note(event.id),
          ),
        );
        reach('ack');
      },
    },
  ],
});
await Promise.all([relay.start(), consumers.start()]);
