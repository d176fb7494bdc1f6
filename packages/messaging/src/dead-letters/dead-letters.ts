import { createHash } from 'node:crypto';
import { timeOfId, Uuidv7Schema } from '@bank/domain';
import type { Logger } from '@bank/observability';
import type { ConfirmChannel, GetMessage, Message } from 'amqplib';
import * as v from 'valibot';
import type { BrokerAddress } from '#connection/broker-address.ts';
import { BrokerUnavailable } from '#connection/broker-unavailable.ts';
import { createConfirmLink } from '#connection/confirm-link.ts';
import { failureStory, type Headers, headersAsPublished } from '#consume/attempts.ts';
import { partsOf } from '#consume/parts.ts';
import { isReadableEntry } from '#dead-letters/readable-entry.ts';
import { publishBatch } from '#publish/batch.ts';
import type { OutgoingMessage } from '#publish/outgoing-message.ts';
import { deadQueueOf, recoveryExchangeOf, topology, workQueue } from '#topology/topology.ts';

export interface DeadLettersOptions extends BrokerAddress {
  /** The work queue whose dead letters are meant, or the queue of unroutable messages. */
  queue: string;
  logger: Logger;
  /** At most so many letters, oldest first; 100 when left out. */
  limit?: number;
}

/** What a dead letter says without its content. */
export interface DeadLetter {
  readonly id: string;
  readonly type: string;
  /** How many it carries: it may be a batch that killed its consumers, or that nobody is bound for. `id` and `type` are then those of its first. */
  readonly events: number;
  readonly reason: string;
  /** How often it was tried; 0 for one that never reached a consumer, or that killed its consumers. */
  readonly failures: number;
  readonly firstFailedAt: string | undefined;
  readonly lastFailedAt: string | undefined;
  readonly consumer: string | undefined;
  readonly requestId: string | undefined;
  /** Whether it is too old to be replayed: an inbox may have forgotten that it was handled. */
  readonly tooOld: boolean;
}

/** What is about to be done to a letter, or was refused. */
export interface LetterAct {
  readonly letter: Pick<DeadLetter, 'id' | 'type'>;
  readonly outcome: 'success' | 'denied';
  /** SHA-256 of its body, in hexadecimal. */
  readonly digest: string;
}

/** For commands that change something: nothing is done to a letter before the broker keeps the entry that tells of it (SR-86). */
interface ToldOptions extends DeadLettersOptions {
  /** The entry for the ledger, as it is published. */
  readonly entryOf: (act: LetterAct) => OutgoingMessage;
}

export interface Replay {
  /** Ids of the letters that went back to where they failed. */
  readonly replayed: readonly string[];
  /** Ids of the letters that stay where they lie, because they are too old. */
  readonly tooOld: readonly string[];
}

export interface Discard {
  /** Ids of the letters that are gone. */
  readonly discarded: readonly string[];
  /** Ids of the letters that stay where they lie: entries of the ledger, which would be lost without a trace. */
  readonly kept: readonly string[];
}

const weekMs = 7 * 24 * 3_600_000;
const confirmDeadlineMs = 5000;

/** Shows the dead letters of a queue and leaves them there. While it looks, nobody else sees them. */
export function listDeadLetters(options: DeadLettersOptions): Promise<DeadLetter[]> {
  return withDeadLetters(options, async (letters) => {
    const found: DeadLetter[] = [];
    for await (const letter of letters) found.push(describe(letter, options.queue));
    return found;
  });
}

/**
 * Puts dead letters back to where they failed, as if they were published just now, each event of a batch by itself: one that kills its
 * consumers takes no other with it again. A letter leaves its queue only when the broker has confirmed all that it carries, and stays
 * when it is older than `deadLetterWeeks`. Entries of the ledger go back at any age. Without `ids` all of them.
 */
export function replayDeadLetters(options: ToldOptions & { ids?: readonly string[] }): Promise<Replay> {
  return withDeadLetters(options, async (letters, channel) => {
    const replayed: string[] = [];
    const tooOld: string[] = [];
    for await (const letter of onlyOf(options.ids, letters)) {
      if (isTooOld(letter, options.queue)) {
        tooOld.push(idOf(letter));
        continue;
      }
      await tell(channel, letter, options);
      await publish(
        channel,
        partsOf(letter).map((part) => copyOf(part.alone(), options.queue)),
      );
      channel.ack(letter);
      replayed.push(idOf(letter));
    }
    return { replayed, tooOld };
  });
}

/** Removes dead letters for good, for what can never be handled; entries of the ledger stay (SR-86). */
export function discardDeadLetters(options: ToldOptions & { ids: readonly string[] }): Promise<Discard> {
  return withDeadLetters(options, async (letters, channel) => {
    const discarded: string[] = [];
    const kept: string[] = [];
    for await (const letter of onlyOf(options.ids, letters)) {
      if (isOfLedger(letter, options.queue)) {
        await tell(channel, letter, options, 'denied');
        kept.push(idOf(letter));
        continue;
      }
      await tell(channel, letter, options);
      channel.ack(letter);
      discarded.push(idOf(letter));
    }
    return { discarded, kept };
  });
}

/**
 * Removes one letter that was on its way to the ledger and that no release can read as an entry, so that a replay would only bring
 * it back: not before `save` has kept its body, whose digest the ledger is told (SR-86). Every other letter is kept.
 */
export function discardUnreadable(
  options: ToldOptions & { id: string; save: (body: Buffer) => Promise<void> },
): Promise<'discarded' | 'kept' | 'missing'> {
  const { id, save, queue } = options;
  return withDeadLetters(options, async (letters, channel) => {
    for await (const letter of onlyOf([id], letters)) {
      if (!isOfLedger(letter, queue) || isReadableEntry(letter)) {
        await tell(channel, letter, options, 'denied');
        return 'kept';
      }
      await save(letter.content);
      await tell(channel, letter, options);
      channel.ack(letter);
      return 'discarded';
    }
    return 'missing';
  });
}

// Through the broker that keeps the letter: where the one can be reached so can the other, and what is confirmed is kept by the queue
// of the ledger, or behind the alternate exchange, as every entry is.
async function tell(
  channel: ConfirmChannel,
  letter: GetMessage,
  { entryOf }: ToldOptions,
  outcome: LetterAct['outcome'] = 'success',
): Promise<void> {
  const digest = createHash('sha256').update(letter.content).digest('hex');
  await publish(channel, [entryOf({ letter: { id: idOf(letter), type: typeOf(letter) }, outcome, digest })]);
}

async function publish(channel: ConfirmChannel, messages: readonly OutgoingMessage[]): Promise<void> {
  const { confirmed } = await publishBatch(channel, messages, confirmDeadlineMs);
  // By number: elements of a batch may have one id, or none.
  if (confirmed.length < messages.length) {
    const [first] = messages;
    throw new BrokerUnavailable(
      `the broker took ${confirmed.length} of ${messages.length}: ${first?.type} ${first?.id}`,
    );
  }
}

async function withDeadLetters<T>(
  options: DeadLettersOptions,
  work: (letters: AsyncIterable<GetMessage>, channel: ConfirmChannel) => Promise<T>,
): Promise<T> {
  const { queue, limit = 100 } = options;
  const source = isUnroutable(queue) ? queue : deadQueueOf(workQueue(queue).name);
  const link = createConfirmLink(options, { name: 'dead letters', logger: options.logger });
  try {
    const channel = await link.channel();
    return await work(lettersOf(channel, source, limit), channel);
  } finally {
    await link.close(); // what was not acknowledged goes back to where it lay
  }
}

// Counted at the start, or a letter that fails again at once would be replayed forever.
async function* lettersOf(channel: ConfirmChannel, queue: string, limit: number): AsyncGenerator<GetMessage> {
  const { messageCount } = await channel.checkQueue(queue);
  for (let taken = 0; taken < Math.min(messageCount, limit); taken += 1) {
    const letter = await channel.get(queue);
    if (letter === false) return;
    yield letter;
  }
}

async function* onlyOf(
  ids: readonly string[] | undefined,
  letters: AsyncIterable<GetMessage>,
): AsyncGenerator<GetMessage> {
  for await (const letter of letters) {
    if (ids === undefined || ids.includes(idOf(letter))) yield letter;
  }
}

function idOf({ properties }: GetMessage): string {
  return String(properties.messageId);
}

function typeOf({ properties }: GetMessage): string {
  return String(properties.type);
}

// An inbox keeps a row for weeks after its message's id was made. Of unknown age counts as too old. The ledger needs no inbox to
// know its entries again: their ids are a key of a table that forgets nothing.
function isTooOld(letter: GetMessage, queue: string): boolean {
  if (isOfLedger(letter, queue)) return false;
  const { messageId, timestamp } = letter.properties;
  const madeAtMs = v.is(Uuidv7Schema, messageId) ? timeOfId(messageId).getTime() : Number(timestamp) * 1000;
  return !(Date.now() - madeAtMs < topology.deadLetterWeeks * weekMs);
}

function describe(letter: GetMessage, queue: string): DeadLetter {
  const { properties } = letter;
  const headers: Headers = properties.headers ?? {};
  const requestId = headers['x-request-id'];
  return {
    id: idOf(letter),
    type: typeOf(letter),
    events: partsOf(letter).length,
    ...failureStory(headers),
    requestId: typeof requestId === 'string' ? requestId : undefined,
    tooOld: isTooOld(letter, queue),
  };
}

function copyOf({ content, properties, fields }: Message, queue: string): OutgoingMessage {
  const target = isUnroutable(queue)
    ? { exchange: fields.exchange, routingKey: fields.routingKey }
    : { exchange: recoveryExchangeOf(workQueue(queue).app), routingKey: queue };
  return {
    ...target,
    id: String(properties.messageId),
    type: String(properties.type),
    contentType: String(properties.contentType),
    body: content,
    headers: headersAsPublished(properties.headers ?? {}),
    time: typeof properties.timestamp === 'number' ? new Date(properties.timestamp * 1000) : new Date(),
  };
}

function isOfLedger({ fields }: GetMessage, queue: string): boolean {
  if (isUnroutable(queue)) return fields.exchange === topology.destinations.audit.exchange;
  return workQueue(queue).destination === 'audit';
}

function isUnroutable(queue: string): boolean {
  return queue === topology.unroutable;
}
