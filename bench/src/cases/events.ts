import { uuidv7 } from '@bank/domain';
import { median } from '@bank/test-bed';
import { type Bench, type Case, startLimit } from '#bench.ts';
import { compareApp } from '#compare.ts';
import { type Effects, openEffects } from '#effects.ts';
import { type EventWriter, openEventWriter } from '#event-writer.ts';
import { p99LagAtPace } from '#lag.ts';
import type { Row } from '#row.ts';
import { askLimit } from '#self-measuring.ts';

const eventsOfARound = 10_000;
const eventsOfATransaction = 100;
const perSecond = 300;
const lagMsMax = 250;

/**
 * Events on their whole way: written into auth's outbox, published by the relay of the auth app, received by the admin
 * app, noted in its inbox and its projection in one transaction each. Beside it rascal publishing and consuming alone.
 */
export const events: Case = {
  name: 'events',
  async run(bench) {
    const [writer, effects] = await Promise.all([openEventWriter(bench), openEffects(bench)]);
    try {
      return [await throughput(bench, writer, effects), await lag(bench, writer, effects)];
    } finally {
      await Promise.all([writer.close(), effects.close()]);
    }
  },
};

async function throughput(bench: Bench, writer: EventWriter, effects: Effects): Promise<Row> {
  const limit = await startLimit(bench, 'rascal', brokerOf(bench));
  try {
    const compared = await compareApp(
      bench,
      { app: bench.stack.apps.admin, name: 'events' },
      {
        measured: () => deliveryRate(writer, effects),
        limit: () => askLimit(limit, { events: eventsOfARound }),
      },
    );
    return {
      case: 'events',
      what: `outbox to consumer's effect, ${eventsOfARound.toLocaleString('en-GB')} at once`,
      measured: { value: compared.measured, unit: 'events/s' },
      limit: { value: compared.limit, unit: 'events/s', what: 'rascal alone, confirmed and consumed' },
      figure: compared.ratio,
      must: { atLeast: 0.4 },
      notes: [`written in transactions of ${eventsOfATransaction}; the writing is part of the time`],
    };
  } finally {
    await limit.stop();
  }
}

/** From the begin of the first transaction until the last effect is seen. */
async function deliveryRate(writer: EventWriter, effects: Effects): Promise<number> {
  const ids = Array.from({ length: eventsOfARound }, () => uuidv7());
  const startedAt = performance.now();
  for (let from = 0; from < ids.length; from += eventsOfATransaction) {
    await writer.write(ids.slice(from, from + eventsOfATransaction));
  }
  await effects.untilAll(ids);
  return ids.length / ((performance.now() - startedAt) / 1000);
}

async function lag({ options, report }: Bench, writer: EventWriter, effects: Effects): Promise<Row> {
  const lags: number[] = [];
  const count = Math.ceil((perSecond * options.seconds) / options.rounds);
  const measure = () =>
    p99LagAtPace({ perSecond, count, effects, newId: uuidv7, write: (userId) => writer.write([userId]) });
  await measure();
  for (let round = 0; round < options.rounds; round += 1) lags.push(await measure());
  report(`p99 lags of the rounds: ${lags.map((ms) => ms.toFixed(0)).join(', ')} ms`);
  return {
    case: 'events',
    what: `p99 lag at ${perSecond}/s, a transaction each`,
    measured: { value: median(lags), unit: 'ms' },
    figure: median(lags),
    must: { atMost: lagMsMax },
    notes: ['from the begin of the transaction until another session sees the effect'],
  };
}

/** The stack's virtual host, by the administrator: apps may declare no queue. */
function brokerOf({ stack }: Bench): Record<string, string | undefined> {
  const { url, caFile } = stack.stores.rabbitmq;
  const address = new URL(url);
  address.pathname = new URL(stack.environments.auth['RABBITMQ_URL'] ?? '').pathname;
  return { RABBITMQ_URL: address.href, RABBITMQ_CA_FILE: caFile };
}
