import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createSecureServer } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { cloudEventMediaType, createPublisher, topology } from '@bank/messaging';
import { ErrorInfoSchema } from '@bank/proto/errors';
import { encodeEvent } from '@bank/proto/events';
import {
  type DeliveryState,
  DeliveryUpdatedSchema,
  NotificationService,
  type SendRequest,
} from '@bank/proto/notification';
import { Code, ConnectError } from '@connectrpc/connect';
import { connectNodeAdapter } from '@connectrpc/connect-node';
import { afterAll } from 'vitest';
import type { TestAuth } from './auth.ts';

/** The platform's Notification service, as far as these tests need it. */
export interface TestNotificationService {
  readonly url: string;
  readonly taken: (SendRequest & { notificationId: string })[];
  /** What it answers when it is asked about a message. */
  readonly states: Map<string, DeliveryState>;
  /** The messages about which it fails to answer. */
  readonly faults: Set<string>;
  /** Refuses every message with this code, or for its recipient; undefined takes messages again. */
  refusal: Code | 'recipient' | undefined;
  /** Shows a certificate of the service's own from now on. */
  identify(auth: TestAuth): Promise<void>;
}

/** Starts it on a free port; calls fail until it has a certificate. */
export async function startNotificationService(): Promise<TestNotificationService> {
  const answer = connectNodeAdapter({
    routes: (router) =>
      router.service(NotificationService, {
        send(request) {
          if (service.refusal !== undefined) throw refusalOf(service.refusal);
          const notificationId = randomUUID();
          service.taken.push({ ...request, notificationId });
          return { notificationId };
        },
        getDelivery({ notificationId }) {
          if (service.faults.has(notificationId)) throw new ConnectError('as the test wants it', Code.Internal);
          const state = service.states.get(notificationId);
          if (state === undefined) throw new ConnectError('no such message', Code.NotFound);
          return { notificationId, state };
        },
      }),
  });
  const server = createSecureServer({ allowHTTP1: true, requestCert: true, rejectUnauthorized: true }, answer);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  afterAll(() => void server.close());
  const service: TestNotificationService = {
    url: `https://localhost:${(server.address() as AddressInfo).port}`,
    taken: [],
    states: new Map(),
    faults: new Set(),
    refusal: undefined,
    async identify({ files: { certificates } }) {
      const uris = ['spiffe://bank/platform/notification'];
      const { certFile, keyFile } = await certificates.issue({ name: 'notification-service', uris });
      const [ca, cert, key] = [certificates.caFile, certFile, keyFile].map((file) => readFileSync(file));
      server.setSecureContext({ ca, cert, key });
    },
  };
  return service;
}

function refusalOf(refusal: Code | 'recipient'): ConnectError {
  if (refusal !== 'recipient') return new ConnectError('as the test wants it', refusal);
  const info = { desc: ErrorInfoSchema, value: { code: 'notification.recipient.invalid' } };
  return new ConnectError('as the test wants it', Code.InvalidArgument, undefined, [info]);
}

/** Tells the broker of a message, as the service does. */
export async function tellUpdate(
  auth: TestAuth,
  message: { deliveryId: string; notificationId: string },
  state: DeliveryState,
  { reason = '', id = randomUUID() } = {},
): Promise<void> {
  const { logger, config } = auth.ctx;
  const publisher = createPublisher({ url: config.RABBITMQ_URL, service: 'auth', logger });
  const { deliveryId, notificationId } = message;
  const event = encodeEvent(DeliveryUpdatedSchema, { deliveryId, notificationId, state, reason });
  const time = new Date();
  const body = JSON.stringify({
    ...event,
    specversion: '1.0',
    id,
    source: '/notification',
    subject: notificationId,
    time: time.toISOString(),
    datacontenttype: 'application/json',
  });
  const { exchange } = topology.platform.notification;
  const properties = { id, type: event.type, time, headers: {}, contentType: cloudEventMediaType };
  await publisher.publish([{ ...properties, exchange, routingKey: event.type, body: Buffer.from(body) }]);
  await publisher.close();
}
