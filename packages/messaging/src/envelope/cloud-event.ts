import type { JsonValue } from '@bank/domain';
import { PermanentFailure } from '#consume/failure.ts';

/**
 * A message as it travels: CloudEvents 1.0, structured JSON. `sequence` counts per source and subject; `traceparent` is
 * the Distributed Tracing extension; `requestid` is ours, for what may travel in a batch. `subject` is the user id where there is one.
 */
export interface CloudEvent {
  readonly specversion: '1.0';
  readonly id: string;
  readonly source: string;
  readonly type: string;
  readonly subject: string;
  /** RFC 3339, UTC. */
  readonly time: string;
  readonly dataschema: string;
  readonly datacontenttype: string;
  readonly sequence?: number;
  readonly traceparent?: string;
  /** As it was sent, which may be no text. */
  readonly requestid?: unknown;
  readonly data: JsonValue;
}

/** The media type of the body (CloudEvents JSON format §3). */
export const cloudEventMediaType = 'application/cloudevents+json; charset=utf-8';

const requiredTexts = ['id', 'source', 'type', 'subject', 'time', 'dataschema', 'datacontenttype'] as const;

/**
 * Reads a body. Attributes of a newer producer are ignored; what a reader relies on must be there. The data is not
 * looked at: its schema is the reader's. @throws PermanentFailure naming the first attribute that is wrong
 */
export function parseCloudEvent(body: Buffer): CloudEvent {
  return asCloudEvent(parseBody(body));
}

/** Any JSON, before anything is known of it. @throws PermanentFailure */
export function parseBody(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    throw new PermanentFailure('message.malformed: not JSON');
  }
}

/** The same as `parseCloudEvent`, of what a body or an element of a batch holds. @throws PermanentFailure */
export function asCloudEvent(value: unknown): CloudEvent {
  const event = asObject(value);
  if (event['specversion'] !== '1.0') throw malformed('specversion');
  for (const name of requiredTexts) {
    if (typeof event[name] !== 'string' || event[name] === '') throw malformed(name);
  }
  if (event['sequence'] !== undefined && !Number.isSafeInteger(event['sequence'])) throw malformed('sequence');
  if (event['traceparent'] !== undefined && typeof event['traceparent'] !== 'string') throw malformed('traceparent');
  if (Number.isNaN(Date.parse(String(event['time'])))) throw malformed('time');
  if (event['data'] === undefined) throw malformed('data');
  return event as unknown as CloudEvent;
}

function asObject(value: unknown): Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new PermanentFailure('message.malformed: not an object');
  }
  return value as Record<string, unknown>;
}

function malformed(attribute: string): PermanentFailure {
  return new PermanentFailure(`message.malformed: ${attribute}`);
}
