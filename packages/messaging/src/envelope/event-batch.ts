import { PermanentFailure } from '#consume/failure.ts';
import { asCloudEvent, type CloudEvent, parseBody } from '#envelope/cloud-event.ts';

const mediaType = 'application/cloudevents-batch+json';

/** The media type of a body that holds any number of events (CloudEvents JSON format §4). */
export const eventBatchMediaType = `${mediaType}; charset=utf-8`;

/** Bytes that the body of a batch has more than those of its events, for each of them at most. */
export const eventBatchOverheadBytes = 2;

/** The body of a batch of events, of which these are the bodies. */
export function batchBody(bodies: readonly Buffer[]): Buffer {
  const [comma, open, close] = [Buffer.from(','), Buffer.from('['), Buffer.from(']')];
  const separated = bodies.flatMap((body, index) => (index === 0 ? [body] : [comma, body]));
  return Buffer.concat([open, ...separated, close]);
}

/** Whether a message says that its body is a batch. Media types know no upper case, and may have parameters (RFC 9110 §8.3.1). */
export function isEventBatch(contentType: unknown): boolean {
  return typeof contentType === 'string' && contentType.split(';', 1)[0]?.trim().toLowerCase() === mediaType;
}

/** The elements of a batch, of which nothing is known yet. @throws PermanentFailure when there is none to tell apart, or more than so many */
export function batchElements(body: Buffer, countMax = Number.POSITIVE_INFINITY): readonly unknown[] {
  const elements = parseBody(body);
  if (!Array.isArray(elements)) throw new PermanentFailure('message.malformed: not an array');
  if (elements.length > countMax) throw new PermanentFailure(`message.malformed: more than ${countMax} events`);
  return elements;
}

/** The events of a message, which carries one or a batch. @throws PermanentFailure when one of them is malformed */
export function eventsOf(body: Buffer, contentType: unknown): CloudEvent[] {
  return (isEventBatch(contentType) ? batchElements(body) : [parseBody(body)]).map(asCloudEvent);
}
