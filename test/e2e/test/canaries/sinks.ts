import { appendFileSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { topology } from '@bank/messaging/topology';
import type { Sink } from '@bank/scripts/canaries';
import { appNames, type Stack } from '@bank/scripts/stack';
import { type RedisWatch, watchRedis } from '@bank/testing';
import { type BrokerCopy, copyOfEverything } from '../support/broker.ts';
import { asOwner, textOfSchema } from '../support/database.ts';
import { dsnOf, type SentryReceiver, startSentryReceiver } from './sentry-receiver.ts';

/** Every place where a stack writes things down. Traces there are none: nothing of ours sends any. */
export interface Sinks {
  read(): Promise<readonly Sink[]>;
  /** Writes a text into each place by hand, as a leak would, and takes none of it back. */
  leak(text: string): Promise<void>;
  readonly copy: BrokerCopy;
  readonly sentry: SentryReceiver;
  close(): void;
}

/** Begins to watch, before anything happens. */
export async function openSinks(stack: Stack, sentryPort: number): Promise<Sinks> {
  const { REDIS_URL = '', REDIS_KEY_PREFIX = '' } = stack.environments.auth;
  const sentry = startSentryReceiver(sentryPort);
  const redis = await watchRedis(REDIS_URL, REDIS_KEY_PREFIX);
  const copy = await copyOfEverything(stack);
  return {
    copy,
    sentry,
    read: () => readAll({ stack, sentry, redis, copy }),
    leak: (text) => leakInto({ stack, sentry, redis, copy }, { text, sentryPort }),
    close() {
      redis.close();
      sentry.close();
    },
  };
}

interface Places {
  readonly stack: Stack;
  readonly sentry: SentryReceiver;
  readonly redis: RedisWatch;
  readonly copy: BrokerCopy;
}

async function readAll({ stack, sentry, redis, copy }: Places): Promise<Sink[]> {
  const messages = await copy.messages();
  const queued = await copy.queued();
  const schemas = await Promise.all(appNames.map((app) => textOfSchema(app, stack.owners[app])));
  return [
    { name: 'the broker', text: messages.map((message) => JSON.stringify(message)).join('\n') },
    { name: 'the queues, dead letters among them', text: queued.map((message) => JSON.stringify(message)).join('\n') },
    ...appNames.map((app, index) => ({ name: `the schema ${app}`, text: schemas[index] ?? '' })),
    ...(await metricsOf(stack)),
    { name: 'Redis', text: await redis.text() },
    { name: 'Sentry', text: sentry.envelopes().join('\n') },
    { name: "the platform's Audit service", text: await auditedText(stack) },
    { name: 'the checkpoints outside of the database', text: textOfFolder(checkpointsOf(stack)) },
    { name: 'the files of customers', text: textOfFolder(filesOf(stack)) },
    ...stack.logFiles().map((file) => ({ name: basename(file), text: readFileSync(file, 'utf8') })),
  ];
}

/** Those of every process, each asked at its own port: through the balancer one of them would answer, by chance. */
function metricsOf({ apps }: Stack): Promise<Sink[]> {
  const processes = appNames.flatMap((app) => apps[app].replicas);
  return Promise.all(
    processes.map(async ({ name, url }) => {
      const answer = await fetch(`${url}/metrics`);
      if (!answer.ok) throw new Error(`${name} answers ${answer.status}`);
      return { name: `the metrics of ${name}`, text: await answer.text() };
    }),
  );
}

/** Everything that admin has forwarded, shard by shard. */
async function auditedText({ addresses }: Stack): Promise<string> {
  const shards = Array.from({ length: 16 }, async (_none, shard) => {
    const answer = await fetch(`${addresses.sandbox.http}/api/audit?shard=${shard}&limit=500`);
    if (!answer.ok) throw new Error(`the sandbox answers ${answer.status}`);
    return answer.text();
  });
  return (await Promise.all(shards)).join('\n');
}

function checkpointsOf({ environments }: Stack): string {
  return environments.admin['CHECKPOINT_DIR'] ?? '';
}

function filesOf({ environments }: Stack): string {
  return environments.profile['STORAGE_DIR'] ?? '';
}

/** Every file below it; bytes that are no text stand for themselves, so that what lies between them is found. */
function textOfFolder(folder: string): string {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'latin1'))
    .join('\n');
}

async function leakInto(
  { stack, redis, copy }: Places,
  { text, sentryPort }: { readonly text: string; readonly sentryPort: number },
): Promise<void> {
  for (const file of stack.logFiles()) appendFileSync(file, `${text}\n`);
  writeFileSync(join(checkpointsOf(stack), 'leak.jsonl'), `${text}\n`);
  writeFileSync(join(filesOf(stack), 'leak'), text);
  await redis.put('leak', Buffer.from(text).toString('base64'));
  await copy.publish(topology.unroutable, 'leak.v1', text);
  const { host, pathname } = new URL(dsnOf(sentryPort));
  await fetch(`http://${host}/api${pathname}/envelope/`, { method: 'POST', body: text });
  for (const app of appNames) {
    await asOwner(stack.owners[app], async (client) => {
      await client.query(`create table ${app}.leak (it text)`);
      await client.query(`insert into ${app}.leak values ($1)`, [text]);
    });
  }
}
