import { sourceOf } from '@bank/messaging';
import { indexBy, isUpTo, repeated } from '#check/grouping.ts';
import type { History, OutboxRow, Received, Rule } from '#check/history.ts';
import { told, twice } from '#check/violation.ts';

const lost = 'every event is delivered';
const gaps = 'sequence per (source, subject) without gaps';

/** Whether it is the entry of a command of operators that works on the broker alone, and so has no outbox. */
export function isOfOperator({ source }: Pick<Received, 'source'>): boolean {
  return source === sourceOf('ops');
}

/** Everything that was committed for the broker has left, and arrived; nothing else did. */
export const everythingIsDelivered: Rule = ({ outbox, received }) => {
  const arrived = new Set(received.filter((message) => !isOfOperator(message)).map(({ id }) => id));
  const written = new Set(outbox.map(({ id }) => id));
  return [
    ...outbox.filter(({ isPublished }) => !isPublished).map((row) => told(lost, `${nameOf(row)} waits in the outbox`)),
    ...outbox
      .filter(({ id, isPublished }) => isPublished && !arrived.has(id))
      .map((row) => told(lost, `${nameOf(row)} never arrived`)),
    ...[...arrived].filter((id) => !written.has(id)).map((id) => told(lost, `${id} arrived, and nobody wrote it`)),
  ];
};

/** The events of each subject are numbered from one, each number once, in the outbox, at the counter and as received. */
export const sequencesHaveNoGaps: Rule = (history) => {
  const events = history.outbox.filter(({ destination }) => destination === 'events');
  const numbered = [...indexBy(history.received, ({ id }) => id).values()].filter(hasSequence);
  const counters = indexBy(history.counters, ({ app, subject }) => keyOf(sourceOf(app), subject));
  const written = Map.groupBy(events, ({ app, subject }) => keyOf(sourceOf(app), subject));
  const arrived = Map.groupBy(numbered, ({ source, subject }) => keyOf(source, subject));
  return [...new Set([...written.keys(), ...arrived.keys(), ...counters.keys()])].flatMap((key) => {
    const inOutbox = (written.get(key) ?? []).map(({ sequence }) => sequence ?? 0);
    const asReceived = (arrived.get(key) ?? []).map(({ sequence }) => sequence);
    const last = counters.get(key)?.last ?? 0;
    return [
      ...(isUpTo(inOutbox, last) ? [] : [told(gaps, `${key} in the outbox, up to ${last}: ${shown(inOutbox)}`)]),
      ...(isUpTo(asReceived, last) ? [] : [told(gaps, `${key} as received, up to ${last}: ${shown(asReceived)}`)]),
    ];
  });
};

/** An id is one message, whoever wrote it. */
export const idsAreUnique: Rule = ({ outbox }) =>
  repeated(outbox.map(({ id }) => id)).map((id) => told(twice, `the id ${id} was written twice`));

/** The events of a type, as they were written. */
export function eventsOfType({ outbox }: Pick<History, 'outbox'>, type: string): OutboxRow[] {
  return outbox.filter((row) => row.destination === 'events' && row.type === type);
}

/** The events of one subject in the order in which they were told. */
export function bySequence(one: OutboxRow, other: OutboxRow): number {
  return (one.sequence ?? 0) - (other.sequence ?? 0);
}

function shown(sequences: readonly number[]): string {
  return sequences.toSorted((a, b) => a - b).join(' ');
}

function hasSequence(message: Received): message is Received & { readonly sequence: number } {
  return message.sequence !== undefined;
}

function keyOf(source: string, subject: string): string {
  return `${source} of ${subject}`;
}

function nameOf({ app, type, id }: OutboxRow): string {
  return `${type} ${id} of ${app}`;
}

/** How many messages came more than once: delivery is at least once, so this is a figure and no fault. */
export function repetitions({ received }: Pick<History, 'received'>): number {
  return received.length - new Set(received.map(({ id }) => id)).size;
}
