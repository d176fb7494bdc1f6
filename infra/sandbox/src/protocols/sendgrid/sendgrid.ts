import { type KeyObject, randomBytes, randomUUID, sign } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { HttpBindings } from '@hono/node-server';
import { type Context, Hono } from 'hono';
import type { Inbox } from '#inbox/inbox.ts';
import { callBack } from '#protocols/carriers/call-back.ts';
import type { HttpProtocol } from '#protocols/protocol.ts';
import { readMail, type SendgridMail } from '#protocols/sendgrid/mail.ts';
import { type Behaviour, behaviourFor, outcomesByAddress } from '#protocols/sendgrid/outcomes.ts';

/** The account that may send, and where its events go. */
export interface SendgridAccount {
  readonly apiKey: string;
  /** Signs events; a private key of P-256. */
  readonly webhookKey: KeyObject;
  readonly webhookUrl: string;
}

interface SendgridOptions {
  readonly inbox: Inbox;
  readonly account: SendgridAccount;
  readonly slowMs: number;
  /** Between two events about a mail. */
  readonly pauseMs: number;
}

interface SendgridEnv {
  Bindings: Partial<HttpBindings>;
}
type SendgridContext = Context<SendgridEnv>;

const rememberedMax = 1000;

/** SendGrid's `POST /v3/mail/send`: takes mail into the inbox, and sends signed events to the webhook. */
export class SendgridProtocol implements HttpProtocol {
  readonly name = 'sendgrid';
  readonly outcomes = outcomesByAddress;
  readonly routes = new Hono<SendgridEnv>();
  readonly #options: SendgridOptions;
  readonly #stopping = new AbortController();
  /** Delivery ids that were refused once, and take the next attempt. */
  readonly #refusedOnce = new Set<string>();

  constructor(options: SendgridOptions) {
    this.#options = options;
    this.routes.post('/v3/mail/send', (context) => this.#send(context));
  }

  stop(): void {
    this.#stopping.abort();
  }

  async #send(context: SendgridContext): Promise<Response> {
    const { inbox, account, slowMs } = this.#options;
    if (context.req.header('authorization') !== `Bearer ${account.apiKey}`) {
      return refusal(context, 401, 'The provided authorization grant is invalid, expired, or revoked');
    }
    const source = await context.req.text();
    const mail = readMail(source);
    if ('message' in mail) return context.json({ errors: [mail] }, 400);
    const behaviour = behaviourFor(mail.to);
    if (behaviour === 'hang') return await this.#hang(context);
    if (behaviour === 'slow') await delay(slowMs, undefined, { signal: this.#stopping.signal });
    const refused = this.#refuse(context, mail, behaviour);
    if (refused !== undefined) return refused;
    const { deliveryId: _id, ...shown } = mail;
    inbox.add({ channel: 'email', ...shown }, source);
    const messageId = randomBytes(16).toString('base64url');
    void this.#tellEvents(messageId, mail, behaviour);
    if (behaviour === 'mute') context.env.incoming?.socket.destroy();
    return context.body(null, 202, { 'x-message-id': messageId });
  }

  #refuse(context: SendgridContext, { deliveryId }: SendgridMail, behaviour: Behaviour | undefined) {
    if (behaviour === 'invalid') {
      const error = {
        message: 'Does not contain a valid address.',
        field: 'personalizations.0.to.0.email',
        help: null,
      };
      return context.json({ errors: [error] }, 400);
    }
    if (behaviour === 'defer') return refusal(context, 429, 'too many requests');
    if (behaviour === 'broken') return refusal(context, 500, 'internal error');
    if (behaviour !== 'flaky' || this.#refusedOnce.delete(deliveryId)) return undefined;
    this.#refusedOnce.add(deliveryId);
    for (const oldest of this.#refusedOnce) {
      if (this.#refusedOnce.size <= rememberedMax) break;
      this.#refusedOnce.delete(oldest);
    }
    return refusal(context, 503, 'come again');
  }

  /** Until the caller gives up, or the sandbox ends. */
  async #hang(context: SendgridContext): Promise<Response> {
    const signal = AbortSignal.any([this.#stopping.signal, context.req.raw.signal]);
    await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
    return context.body(null, 503);
  }

  async #tellEvents(messageId: string, mail: SendgridMail, behaviour: Behaviour | undefined): Promise<void> {
    const last =
      behaviour === 'bounce'
        ? { event: 'bounce', type: 'bounce', status: '5.1.1', reason: '550 5.1.1 no such mailbox' }
        : behaviour === 'full'
          ? { event: 'dropped', reason: 'Bounced Address' }
          : { event: 'delivered', response: '250 OK' };
    for (const event of [{ event: 'processed' }, last]) {
      const pause = await delay(this.#options.pauseMs, true, { signal: this.#stopping.signal }).catch(() => false);
      if (!pause) return;
      await this.#tell([
        {
          email: mail.to,
          timestamp: Math.floor(Date.now() / 1000),
          sg_message_id: `${messageId}.recvd-sandbox-1-0`,
          sg_event_id: randomUUID(),
          delivery_id: mail.deliveryId,
          ...event,
        },
      ]);
    }
  }

  /** "Signed Event Webhook": ECDSA with SHA-256 over the timestamp and the body. */
  #tell(events: readonly object[]): Promise<void> {
    const { webhookKey, webhookUrl } = this.#options.account;
    const body = JSON.stringify(events);
    const timestamp = String(Math.floor(Date.now() / 1000));
    const headers = {
      'content-type': 'application/json',
      'x-twilio-email-event-webhook-timestamp': timestamp,
      'x-twilio-email-event-webhook-signature': sign('sha256', Buffer.from(timestamp + body), webhookKey).toString(
        'base64',
      ),
    };
    return callBack(webhookUrl, { headers, body }, this.#stopping.signal);
  }
}

function refusal(context: SendgridContext, status: 401 | 429 | 500 | 503, message: string): Response {
  return context.json({ errors: [{ message, field: null, help: null }] }, status);
}
