import { type ConfirmChannel, IllegalOperationError, type Message, type Options } from 'amqplib';
import type { OutgoingMessage } from '#publish/outgoing-message.ts';

export interface BatchOutcome {
  /** Ids of the messages that a queue (or the alternate exchange's queue) keeps. */
  readonly confirmed: readonly string[];
  /** Ids of the messages that no queue took. */
  readonly returned: readonly string[];
  /** Ids of the messages that the broker or the client refused. */
  readonly refused: readonly string[];
  /** False when the deadline or the end of the channel came first: the rest may or may not have arrived. */
  readonly complete: boolean;
}

/**
 * Publishes messages on a confirm channel, persistent and mandatory, and waits at most `deadlineMs` for all confirms.
 * RabbitMQ confirms what it returns as unroutable too, the return coming first, so a message counts as confirmed only
 * when it was not returned.
 */
export function publishBatch(
  channel: ConfirmChannel,
  messages: readonly OutgoingMessage[],
  deadlineMs: number,
): Promise<BatchOutcome> {
  return new Promise((resolve) => {
    const confirmed: string[] = [];
    const refused: string[] = [];
    const returned = new Set<string>();
    let waiting = messages.length;
    let finished = false;
    const timer = setTimeout(finish, deadlineMs);
    // First in line, since amqplib's own listener then reports every open confirm as failed, as if it were refused.
    channel.prependListener('close', finish);
    channel.on('return', noteReturn);

    function noteReturn({ properties }: Message): void {
      returned.add(String(properties.messageId));
    }
    function finish(): void {
      if (finished) return;
      finished = true;
      clearTimeout(timer);
      channel.off('return', noteReturn);
      channel.off('close', finish);
      resolve({ confirmed, refused, returned: [...returned], complete: waiting === 0 });
    }
    function settle(id: string, error: unknown): void {
      if (finished) return;
      if (error !== null) refused.push(id);
      else if (!returned.has(id)) confirmed.push(id);
      waiting -= 1;
      if (waiting === 0) finish();
    }

    for (const message of messages) {
      publishOne(channel, message, { settle: (error) => settle(message.id, error), onClosed: finish });
    }
    if (messages.length === 0) finish();
  });
}

function publishOne(
  channel: ConfirmChannel,
  message: OutgoingMessage,
  { settle, onClosed }: { settle: (error: unknown) => void; onClosed: () => void },
): void {
  try {
    channel.publish(message.exchange, message.routingKey, message.body, propertiesOf(message), settle);
  } catch (error) {
    if (error instanceof IllegalOperationError) onClosed();
    else settle(error); // the headers do not fit into a frame
  }
}

function propertiesOf(message: OutgoingMessage): Options.Publish {
  return {
    messageId: message.id,
    type: message.type,
    contentType: message.contentType,
    timestamp: Math.floor(message.time.getTime() / 1000),
    headers: { ...message.headers },
    persistent: true,
    mandatory: true,
  };
}
