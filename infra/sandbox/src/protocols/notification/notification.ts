import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { ErrorInfoSchema } from '@bank/proto/errors';
import {
  DeliveryState,
  type DeliveryUpdatedSchema,
  NotificationChannel,
  NotificationService,
  type SendRequest,
} from '@bank/proto/notification';
import { type Timestamp, timestampDate, timestampNow } from '@bufbuild/protobuf/wkt';
import { Code, ConnectError, type HandlerContext } from '@connectrpc/connect';
import type { Channel, Inbox } from '#inbox/inbox.ts';
import type { EventSender } from '#protocols/events/event-sender.ts';
import { type Behaviour, behaviourFor, outcomesByRecipient } from '#protocols/notification/outcomes.ts';
import type { Protocol } from '#protocols/protocol.ts';
import { createRpcListener, hangUpKey, type RpcListener } from '#protocols/rpc/rpc-listener.ts';

export interface NotificationOptions {
  readonly inbox: Inbox;
  readonly host: string;
  readonly port: number;
  readonly tlsFolder: string;
  readonly slowMs: number;
  /** Where changes of state are told; nowhere when left out. */
  readonly events: EventSender<typeof DeliveryUpdatedSchema> | undefined;
}

interface Notification {
  readonly notificationId: string;
  readonly deliveryId: string;
  state: DeliveryState;
  reason: string;
  updatedAt: Timestamp;
}

const rememberedMax = 10_000;
const channelNames: Partial<Record<NotificationChannel, Channel>> = {
  [NotificationChannel.EMAIL]: 'email',
  [NotificationChannel.SMS]: 'sms',
  [NotificationChannel.PUSH]: 'push',
};

/** The platform's Notification service (`bank.notification.v1`) for auth: it puts every message into the inbox. */
export class NotificationProtocol implements Protocol {
  readonly name = 'notification';
  readonly outcomes = outcomesByRecipient;
  readonly #options: NotificationOptions;
  readonly #listener: RpcListener;
  readonly #stopping = new AbortController();
  readonly #byDelivery = new Map<string, Notification>();
  /** Delivery ids that were refused once, and take the next attempt. */
  readonly #refusedOnce = new Set<string>();

  constructor(options: NotificationOptions) {
    this.#options = options;
    const { host, port, tlsFolder } = options;
    this.#listener = createRpcListener({
      host,
      port,
      tlsFolder,
      holder: 'notification',
      callers: ['spiffe://bank/app/auth', 'spiffe://bank/tool/tools'],
      routes: (router) =>
        router.service(NotificationService, {
          send: (request, context) => this.#send(request, context),
          getDelivery: ({ notificationId }) => this.#find(notificationId),
        }),
    });
  }

  start(): Promise<string> {
    return this.#listener.start();
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#listener.stop();
    await this.#options.events?.close();
  }

  async #send(request: SendRequest, context: HandlerContext): Promise<{ notificationId: string }> {
    const known = this.#byDelivery.get(request.deliveryId);
    if (known !== undefined) return { notificationId: known.notificationId };
    const behaviour = behaviourFor(request.recipient);
    this.#refuse(request, behaviour);
    if (behaviour === 'slow') await delay(this.#options.slowMs, undefined, { signal: this.#stopping.signal });
    const notification = this.#take(request);
    if (isExpired(request, behaviour)) this.#advance(notification, [DeliveryState.EXPIRED]);
    else this.#bring(request, notification, behaviour);
    if (behaviour === 'mute') context.values.get(hangUpKey)();
    return { notificationId: notification.notificationId };
  }

  #refuse({ deliveryId, recipient, channel }: SendRequest, behaviour: Behaviour | undefined): void {
    if (deliveryId === '' || recipient === '' || channelNames[channel] === undefined) {
      throw new ConnectError('the message cannot be sent', Code.InvalidArgument);
    }
    if (behaviour === 'invalid') {
      const info = { desc: ErrorInfoSchema, value: { code: 'notification.recipient.invalid' } };
      throw new ConnectError('the recipient cannot be written to', Code.InvalidArgument, undefined, [info]);
    }
    const refusedBefore = this.#refusedOnce.delete(deliveryId);
    if (behaviour === 'flaky' && !refusedBefore) this.#refusedOnce.add(deliveryId);
    if (behaviour === 'defer' || (behaviour === 'flaky' && !refusedBefore)) {
      throw new ConnectError('come again', Code.Unavailable);
    }
  }

  #take({ deliveryId }: SendRequest): Notification {
    const notification = {
      notificationId: randomUUID(),
      deliveryId,
      state: DeliveryState.ACCEPTED,
      reason: '',
      updatedAt: timestampNow(),
    };
    this.#byDelivery.set(deliveryId, notification);
    for (const oldest of this.#byDelivery.keys()) {
      if (this.#byDelivery.size <= rememberedMax) break;
      this.#byDelivery.delete(oldest);
    }
    return notification;
  }

  #bring(request: SendRequest, notification: Notification, behaviour: Behaviour | undefined): void {
    if (behaviour === 'bounce') {
      this.#advance(notification, [DeliveryState.SENT, DeliveryState.FAILED], 'address_unknown');
      return;
    }
    const { channel, recipient, subject, text, html, template } = request;
    const message = { channel: channelNames[channel] ?? 'email', to: recipient, subject, text, html, template };
    this.#options.inbox.add(message, JSON.stringify({ ...message, deliveryId: request.deliveryId }, null, 2));
    this.#advance(
      notification,
      behaviour === 'stuck' ? [DeliveryState.SENT] : [DeliveryState.SENT, DeliveryState.DELIVERED],
    );
  }

  /** Moves on through these states, and tells of each in its order without keeping the sender waiting. */
  #advance(notification: Notification, states: readonly DeliveryState[], reason = ''): void {
    const { notificationId, deliveryId } = notification;
    let told: Promise<unknown> = Promise.resolve();
    for (const state of states) {
      const why = state === DeliveryState.FAILED ? reason : '';
      Object.assign(notification, { state, reason: why, updatedAt: timestampNow() });
      const update = { notificationId, deliveryId, state, reason: why, updatedAt: notification.updatedAt };
      told = told.then(() => this.#options.events?.send(notificationId, update));
    }
  }

  #find(notificationId: string): Notification {
    const found = [...this.#byDelivery.values()].find((each) => each.notificationId === notificationId);
    if (found === undefined) throw new ConnectError('no such message', Code.NotFound);
    return found;
  }
}

function isExpired({ expiresAt }: SendRequest, behaviour: Behaviour | undefined): boolean {
  return behaviour === 'expire' || (expiresAt !== undefined && timestampDate(expiresAt) <= new Date());
}
