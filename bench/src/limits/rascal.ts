// rascal by itself: the same bodies, persistent, each confirmed by a quorum queue of the same broker, received and
// acknowledged. Nothing is written anywhere. `GET /measure?events=10000` answers how many in a second.
import type { EventEmitter } from 'node:events';
import { readFileSync } from 'node:fs';
import { uuidv7 } from '@bank/domain';
import { cloudEventMediaType, outgoingRow } from '@bank/messaging';
import { serve } from '@hono/node-server';
import { Hono } from 'hono';
import rascal from 'rascal';
import { lockedUser, outboxRowOf } from '#events.ts';

const { PORT, RABBITMQ_URL, RABBITMQ_CA_FILE } = process.env;
const channels = 50; // a publication holds one until it is confirmed; rascal's own five allow a third of it
const prefetch = 500;
const vhost = 'broker';
const queue = 'bench.limit';

interface PlainBroker extends EventEmitter {
  publish(name: string, content: Buffer, overrides: object): Promise<EventEmitter>;
  subscribe(name: string): Promise<EventEmitter>;
}

// rascal has no types; those of @bank/messaging know only what is used there.
const create = rascal.BrokerAsPromised.create as unknown as (config: object) => Promise<PlainBroker>;
const broker = await create({
  vhosts: {
    [vhost]: {
      connection: {
        url: RABBITMQ_URL,
        socketOptions: RABBITMQ_CA_FILE === undefined ? {} : { ca: readFileSync(RABBITMQ_CA_FILE, 'utf8') },
      },
      publicationChannelPools: {
        confirmPool: { min: channels, max: channels, autostart: true },
        regularPool: { min: 0, max: 1 },
      },
      queues: { [queue]: { options: { durable: true, arguments: { 'x-queue-type': 'quorum' } } } },
    },
  },
  publications: { [queue]: { vhost, queue, confirm: true, options: { persistent: true, mandatory: true } } },
  subscriptions: { [queue]: { vhost, queue, prefetch } },
});
broker.on('error', (error: Error) => process.stderr.write(`${error.message}\n`));

let received = 0;
const subscription = await broker.subscribe(queue);
subscription.on('message', (_message, _content, ackOrNack: () => void) => {
  ackOrNack();
  received += 1;
});
subscription.on('error', (error: Error) => process.stderr.write(`${error.message}\n`));

async function publish(body: Buffer): Promise<void> {
  const publication = await broker.publish(queue, body, { options: { contentType: cloudEventMediaType } });
  await new Promise((resolve, reject) => publication.once('success', resolve).once('error', reject));
}

async function measure(events: number): Promise<number> {
  const bodies = Array.from({ length: events }, () => {
    const id = uuidv7();
    return outgoingRow(outboxRowOf(lockedUser(id), id), 'auth').body;
  });
  received = 0;
  const startedAt = performance.now();
  const worker = async () => {
    for (let body = bodies.pop(); body !== undefined; body = bodies.pop()) await publish(body);
  };
  await Promise.all(Array.from({ length: channels }, worker));
  while (received < events) await new Promise((resolve) => setTimeout(resolve, 1));
  return events / ((performance.now() - startedAt) / 1000);
}

const app = new Hono()
  .get('/', (c) => c.text('ready'))
  .get('/measure', async (c) => c.json({ perSecond: await measure(Number(c.req.query('events'))) }));
serve({ fetch: app.fetch, hostname: '127.0.0.1', port: Number(PORT) });
