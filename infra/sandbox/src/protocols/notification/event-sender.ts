import { randomUUID } from 'node:crypto';
import { Secret } from '@bank/domain';
import { cloudEventMediaType, createPublisher, topology } from '@bank/messaging';
import { createLogger } from '@bank/observability';
import { encodeEvent } from '@bank/proto/events';
import { type DeliveryUpdated, DeliveryUpdatedSchema } from '@bank/proto/notification';
import type { MessageInitShape } from '@bufbuild/protobuf';

export interface BrokerOptions {
  /** With user, password and virtual host. */
  readonly url: string;
  readonly caFile: string | undefined;
}

/** Tells the broker how far messages have come. */
export interface EventSender {
  send(update: MessageInitShape<typeof DeliveryUpdatedSchema> & Pick<DeliveryUpdated, 'notificationId'>): Promise<void>;
  close(): Promise<void>;
}

/** Sends `notification.delivery.updated.v1` to the platform's exchange. One that the broker does not take is lost, as it may be. */
export function createEventSender({ url, caFile }: BrokerOptions): EventSender {
  const publisher = createPublisher({
    url: new Secret(url),
    ...(caFile === undefined ? {} : { caFile }),
    service: 'sandbox',
    // What nobody has bound is returned, which is no mistake here.
    logger: createLogger({ service: 'sandbox', level: 'silent' }),
  });
  return {
    async send(update) {
      const id = randomUUID();
      const time = new Date();
      const { type, dataschema, data } = encodeEvent(DeliveryUpdatedSchema, update);
      const event = {
        specversion: '1.0',
        id,
        source: '/notification',
        type,
        subject: update.notificationId,
        time: time.toISOString(),
        dataschema,
        datacontenttype: 'application/json',
        data,
      };
      const message = { id, type, time, headers: {}, contentType: cloudEventMediaType };
      const { exchange } = topology.platform.notification;
      const body = Buffer.from(JSON.stringify(event));
      await publisher.publish([{ ...message, exchange, routingKey: type, body }]).catch(() => undefined);
    },
    close: () => publisher.close(),
  };
}
