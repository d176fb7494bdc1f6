import type { ConsumeMessage } from 'amqplib';
import { asCloudEvent, type CloudEvent, cloudEventMediaType, parseCloudEvent } from '#envelope/cloud-event.ts';
import { batchElements, isEventBatch } from '#envelope/event-batch.ts';

/** One event of a message, which succeeds or fails by itself. */
export interface Part {
  /** @throws PermanentFailure when it is malformed */
  event(): CloudEvent;
  /** The message that carries it and nothing else, as it goes on where it failed. */
  alone(): ConsumeMessage;
}

const shortTextBytesMax = 255; // AMQP 0-9-1 §4.2.5.3

/** What a message carries: one event, or those of a batch. A batch of which no element can be told apart is one part, the whole of it. */
export function partsOf(message: ConsumeMessage): readonly Part[] {
  if (!isEventBatch(message.properties.contentType)) {
    return [{ event: () => parseCloudEvent(message.content), alone: () => message }];
  }
  try {
    return batchElements(message.content).map((element) => ({
      event: () => asCloudEvent(element),
      alone: () => aloneOf(element, message),
    }));
  } catch (error) {
    const event = () => {
      throw error;
    };
    return [{ event, alone: () => message }];
  }
}

// What names the event where the element is none, or none that fits into a property, is what names the batch.
function aloneOf(element: unknown, message: ConsumeMessage): ConsumeMessage {
  const { properties } = message;
  const { id, type, time } = Object(element) as Record<string, unknown>;
  const at = Date.parse(String(time));
  return {
    ...message,
    content: Buffer.from(JSON.stringify(element)),
    properties: {
      ...properties,
      messageId: isShortText(id) ? id : properties.messageId,
      type: isShortText(type) ? type : properties.type,
      contentType: cloudEventMediaType,
      timestamp: at >= 0 ? Math.floor(at / 1000) : properties.timestamp,
    },
  };
}

function isShortText(value: unknown): value is string {
  return typeof value === 'string' && value !== '' && Buffer.byteLength(value) <= shortTextBytesMax;
}
