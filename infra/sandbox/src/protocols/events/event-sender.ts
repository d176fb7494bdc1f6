import { randomUUID } from 'node:crypto';
import { Secret } from '@bank/domain';
import { cloudEventMediaType, createPublisher } from '@bank/messaging';
import { createLogger } from '@bank/observability';
import { encodeEvent } from '@bank/proto/events';
import type { DescMessage, MessageInitShape } from '@bufbuild/protobuf';

export interface BrokerOptions {
  /** With user, password and virtual host. */
  readonly url: string;
  readonly caFile: string | undefined;
}

/** What a service of the platform tells, and where. */
export interface ToldEvent<Desc extends DescMessage> {
  readonly schema: Desc;
  readonly exchange: string;
  /** As CloudEvents have it: `/notification`. */
  readonly source: string;
}

/** Tells the broker of one kind of event. */
export interface EventSender<Desc extends DescMessage> {
  /** Under the subject given; as a message of its own each time. */
  send(subject: string, update: MessageInitShape<Desc>): Promise<void>;
  close(): Promise<void>;
}

/** Sends events to the platform's own exchange. One that the broker does not take is lost, as it may be. */
export function createEventSender<Desc extends DescMessage>(
  { url, caFile }: BrokerOptions,
  { schema, exchange, source }: ToldEvent<Desc>,
): EventSender<Desc> {
  const publisher = createPublisher({
    url: new Secret(url),
    ...(caFile === undefined ? {} : { caFile }),
    service: 'sandbox',
    // What nobody has bound is returned, which is no mistake here.
    logger: createLogger({ service: 'sandbox', level: 'silent' }),
  });
  return {
    async send(subject, update) {
      const id = randomUUID();
      const time = new Date();
      const { type, dataschema, data } = encodeEvent(schema, update);
      const event = {
        specversion: '1.0',
        id,
        source,
        type,
        subject,
        time: time.toISOString(),
        dataschema,
        datacontenttype: 'application/json',
        data,
      };
      const message = { id, type, time, headers: {}, contentType: cloudEventMediaType };
      const body = Buffer.from(JSON.stringify(event));
      await publisher.publish([{ ...message, exchange, routingKey: type, body }]).catch(() => undefined);
    },
    close: () => publisher.close(),
  };
}
