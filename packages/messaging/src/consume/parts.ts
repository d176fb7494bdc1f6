import type { Message } from 'amqplib';
import { asCloudEvent, type CloudEvent, cloudEventMediaType, parseCloudEvent } from '#envelope/cloud-event.ts';
import { batchElements, isEventBatch } from '#envelope/event-batch.ts';

/** One event of a message, which succeeds or fails by itself. */
export interface Part {
  /** @throws PermanentFailure when it is malformed */
  event(): CloudEvent;
  /** The message that carries it and nothing else, as it goes on where it failed. */
  alone(): Message;
}

const shortTextBytesMax = 255; // AMQP 0-9-1 §4.2.5.3

/**
 * What a message carries: one event, or those of a batch, of which one of more than `eventsMax` is malformed; so is every batch where that
 * is 1. A batch of which no element can be told apart is one part, the whole of it.
 */
export function partsOf(message: Message, eventsMax = Number.POSITIVE_INFINITY): readonly Part[] {
  const { content, properties } = message;
  const alone = () => message;
  if (eventsMax === 1 || !isEventBatch(properties.contentType)) {
    return [{ event: () => parseCloudEvent(content), alone }];
  }
  try {
    return batchElements(content, eventsMax).map((element) => ({
      event: () => asCloudEvent(element),
      alone: () => aloneOf(element, message),
    }));
  } catch (error) {
    const event = () => {
      throw error;
    };
    return [{ event, alone }];
  }
}

// What names the event where the element is none, or none that fits into a property, is what names the batch.
function aloneOf(element: unknown, message: Message): Message {
  const { properties } = message;
  const { id, type, time, requestid } = Object(element) as Record<string, unknown>;
  const at = typeof time === 'string' ? Date.parse(time) : Number.NaN;
  return {
    ...message,
    content: Buffer.from(JSON.stringify(element)),
    properties: {
      ...properties,
      messageId: isShortText(id) ? id : properties.messageId,
      type: isShortText(type) ? type : properties.type,
      contentType: cloudEventMediaType,
      timestamp: at >= 0 ? Math.floor(at / 1000) : properties.timestamp,
      headers: { ...properties.headers, ...(isShortText(requestid) ? { 'x-request-id': requestid } : {}) },
    },
  };
}

function isShortText(value: unknown): value is string {
  return typeof value === 'string' && value !== '' && Buffer.byteLength(value) <= shortTextBytesMax;
}
