import { readFileSync } from 'node:fs';
import { eventsOf, sourceOf, topology } from '@bank/messaging';
import { appNames, type Stack } from '@bank/scripts/stack';
import { queryOnce } from '@bank/test-bed';
import { type Channel, type ChannelModel, type ConsumeMessage, connect } from 'amqplib';
import type { Received } from '#check/history.ts';
import { pause } from '#pause.ts';

const queue = 'chaos.received';
const againAfterMs = 500;
const prefetch = 500;

/** A client of the broker whose queue is bound to all three exchanges, and that notes each event that it gets. */
export interface Receiver {
  /** In the order of arrival, repetitions included. */
  readonly received: readonly Received[];
}

/**
 * Binds the queue and reads it while `work` goes on, however that ends; connects again meanwhile. @throws Error when the first attempt
 * fails, or what `work` throws
 */
export async function withReceiver(stack: Stack, work: (receiver: Receiver) => Promise<void>): Promise<void> {
  const received: Received[] = [];
  const subscription = await keepSubscribed(stack, received);
  try {
    received.push(...(await writtenBefore(stack)));
    await work({ received });
  } finally {
    await subscription.end();
  }
}

async function keepSubscribed(stack: Stack, received: Received[]): Promise<{ end(): Promise<void> }> {
  let closed = false;
  let current = await subscribe(stack, received);

  async function keepUp(): Promise<void> {
    while (!closed) {
      await new Promise<void>((resolve) => current.once('close', () => resolve()));
      while (!closed) {
        const next = await subscribe(stack, received).catch(() => undefined);
        if (next !== undefined) {
          current = next;
          break;
        }
        await pause(againAfterMs);
      }
    }
  }
  void keepUp();
  return {
    async end() {
      closed = true;
      await current.close().catch(() => undefined); // a broker that went with the stack has closed it
    },
  };
}

/** What the apps told while they started, before anybody could listen: it counts as received. */
async function writtenBefore({ environments }: Stack): Promise<Received[]> {
  const ofApps = await Promise.all(
    appNames.map(async (app) => {
      const sql = `select id, subject, sequence::int from ${app}.outbox`;
      const rows = await queryOnce<{ id: string; subject: string; sequence: number | null }>(environments[app], sql);
      return rows.map(({ sequence, ...row }) => ({ ...row, source: sourceOf(app), sequence: sequence ?? undefined }));
    }),
  );
  return ofApps.flat();
}

async function subscribe({ stores, environments }: Stack, received: Received[]): Promise<ChannelModel> {
  const url = new URL(stores.rabbitmq.url);
  url.pathname = new URL(environments.auth['RABBITMQ_URL'] ?? '').pathname;
  const { caFile } = stores.rabbitmq;
  const model = await connect(url.href, caFile === undefined ? {} : { ca: [readFileSync(caFile)] });
  model.on('error', () => undefined); // 'close' follows
  const channel = await model.createChannel();
  channel.on('error', () => undefined);
  await channel.assertQueue(queue, { durable: true, arguments: { 'x-queue-type': 'quorum' } });
  for (const { exchange, routingKey } of Object.values(topology.destinations)) {
    await channel.bindQueue(queue, exchange, routingKey ?? '#');
  }
  await channel.prefetch(prefetch);
  await channel.consume(queue, (message) => note(message, channel, received));
  return model;
}

function note(message: ConsumeMessage | null, channel: Channel, received: Received[]): void {
  if (message === null) return;
  for (const { id, source, subject, sequence } of eventsOf(message.content, message.properties.contentType)) {
    received.push({ id, source, subject, sequence });
  }
  channel.ack(message);
}
