import { createHmac, randomBytes } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { type Context, Hono } from 'hono';
import type { Inbox } from '#inbox/inbox.ts';
import { callBack } from '#protocols/carriers/call-back.ts';
import type { HttpProtocol } from '#protocols/protocol.ts';
import { type Outcome, outcomeOf, outcomesByNumber } from '#protocols/twilio/outcomes.ts';

/** The account that may send, as Twilio's console shows it. */
export interface TwilioAccount {
  readonly accountSid: string;
  readonly apiKeySid: string;
  readonly apiKeySecret: string;
  /** Signs callbacks. */
  readonly authToken: string;
}

interface TwilioOptions {
  readonly inbox: Inbox;
  readonly account: TwilioAccount;
  /** Between two states of a message. */
  readonly pauseMs: number;
}

const bodyLengthMax = 1600;

/**
 * Twilio's Programmable Messaging, API of 2010-04-01: takes messages into the inbox, and tells their states to the address
 * that each of them names. Beside it Verify, with codes of the caller's.
 */
export class TwilioProtocol implements HttpProtocol {
  readonly name = 'twilio';
  readonly outcomes = outcomesByNumber;
  readonly routes = new Hono();
  readonly #options: TwilioOptions;
  readonly #stopping = new AbortController();

  constructor(options: TwilioOptions) {
    this.#options = options;
    this.routes.post('/2010-04-01/Accounts/:account/Messages.json', (context) => this.#create(context));
    this.routes.post('/v2/Services/:service/Verifications', (context) => this.#verify(context));
  }

  stop(): void {
    this.#stopping.abort();
  }

  async #create(context: Context): Promise<Response> {
    const { account } = this.#options;
    if (!isAuthorised(context.req.header('authorization'), account))
      return problem(context, 401, 20003, 'Authenticate');
    if (context.req.param('account') !== account.accountSid) return problem(context, 404, 20404, 'Not found');
    const source = await context.req.text();
    const form = new URLSearchParams(source);
    const invalid = validate(form);
    if (invalid !== undefined) return problem(context, 400, invalid.code, invalid.message);
    const to = form.get('To') ?? '';
    const outcome = outcomeOf(to);
    const refusal = await this.#refuse(context, outcome);
    if (refusal !== undefined) return refusal;
    this.#keep(to, form.get('Body') ?? '', source);
    const sid = `SM${randomBytes(16).toString('hex')}`;
    void this.#tellStates(sid, form, outcome);
    return context.json(messageOf(sid, form, account), 201);
  }

  /** Verify with a code of the caller's, which it tells in words of its own. */
  async #verify(context: Context): Promise<Response> {
    if (!isAuthorised(context.req.header('authorization'), this.#options.account))
      return problem(context, 401, 20003, 'Authenticate');
    const service = context.req.param('service') ?? '';
    if (!/^VA[0-9a-f]{32}$/.test(service)) return problem(context, 404, 20404, 'Not found');
    const source = await context.req.text();
    const form = new URLSearchParams(source);
    const [to, code] = [form.get('To') ?? '', form.get('CustomCode') ?? ''];
    const isWhole = isNumber(to) && form.get('Channel') === 'sms' && /^[A-Za-z0-9]{4,10}$/.test(code);
    if (!isWhole) return problem(context, 400, 60200, 'Invalid parameter');
    const refusal = await this.#refuse(context, outcomeOf(to));
    if (refusal !== undefined) return refusal;
    this.#keep(to, `Your verification code is: ${code}`, source);
    const sid = `VE${randomBytes(16).toString('hex')}`;
    return context.json({ sid, service_sid: service, to, channel: 'sms', status: 'pending', valid: false }, 201);
  }

  /** What a number for trying things out answers instead of taking the message. */
  async #refuse(context: Context, outcome: Outcome | undefined): Promise<Response | undefined> {
    if (outcome?.kind === 'hang') return await this.#hang(context);
    if (outcome?.kind === 'refuse') return problem(context, outcome.status, outcome.code, outcome.message);
    return undefined;
  }

  #keep(to: string, text: string, source: string): void {
    this.#options.inbox.add({ channel: 'sms', to, subject: '', text, html: '', template: '' }, source);
  }

  /** Until the caller gives up, or the sandbox ends. */
  async #hang(context: Context): Promise<Response> {
    const signal = AbortSignal.any([this.#stopping.signal, context.req.raw.signal]);
    await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
    return context.body(null, 503);
  }

  async #tellStates(sid: string, form: URLSearchParams, outcome: Outcome | undefined): Promise<void> {
    const url = form.get('StatusCallback');
    if (url === null) return;
    const last: Record<string, string> =
      outcome?.kind === 'undelivered'
        ? { MessageStatus: 'undelivered', ErrorCode: String(outcome.code) }
        : { MessageStatus: 'delivered' };
    for (const state of [{ MessageStatus: 'sent' }, last]) {
      const pause = await delay(this.#options.pauseMs, true, { signal: this.#stopping.signal }).catch(() => false);
      if (!pause) return;
      await this.#tell(url, { ...basicsOf(sid, form, this.#options.account), ...state });
    }
  }

  #tell(url: string, fields: Record<string, string>): Promise<void> {
    const headers = {
      'content-type': 'application/x-www-form-urlencoded',
      'x-twilio-signature': signatureOf(this.#options.account.authToken, url, fields),
    };
    return callBack(url, { headers, body: new URLSearchParams(fields).toString() }, this.#stopping.signal);
  }
}

function isAuthorised(header: string | undefined, { apiKeySid, apiKeySecret }: TwilioAccount): boolean {
  return header === `Basic ${Buffer.from(`${apiKeySid}:${apiKeySecret}`).toString('base64')}`;
}

function problem(context: Context, status: number, code: number, message: string): Response {
  const body = { code, message, more_info: `https://www.twilio.com/docs/errors/${code}`, status };
  return context.json(body, status as 400);
}

/** What Twilio would say is wrong with a request. */
function validate(form: URLSearchParams): { code: number; message: string } | undefined {
  const to = form.get('To');
  if (to === null) return { code: 21604, message: "A 'To' phone number is required." };
  if (!isNumber(to)) return { code: 21211, message: "The 'To' number is not a valid phone number." };
  if (!form.has('From') && !form.has('MessagingServiceSid')) {
    return { code: 21603, message: "A 'From' phone number is required." };
  }
  const body = form.get('Body');
  if (body === null || body === '') return { code: 21602, message: 'Message body is required.' };
  return body.length > bodyLengthMax ? { code: 21617, message: 'The message body is too long.' } : undefined;
}

function isNumber(to: string): boolean {
  return /^\+[1-9]\d{6,14}$/.test(to);
}

function messageOf(sid: string, form: URLSearchParams, { accountSid }: TwilioAccount) {
  return {
    sid,
    account_sid: accountSid,
    messaging_service_sid: form.get('MessagingServiceSid'),
    from: form.get('From'),
    to: form.get('To'),
    body: form.get('Body'),
    status: form.has('MessagingServiceSid') ? 'accepted' : 'queued',
    direction: 'outbound-api',
    num_segments: '1',
    num_media: '0',
    error_code: null,
    error_message: null,
    price: null,
    api_version: '2010-04-01',
    date_created: new Date().toUTCString(),
    uri: `/2010-04-01/Accounts/${accountSid}/Messages/${sid}.json`,
  };
}

function basicsOf(sid: string, form: URLSearchParams, { accountSid }: TwilioAccount): Record<string, string> {
  const from = form.get('From');
  const service = form.get('MessagingServiceSid');
  return {
    AccountSid: accountSid,
    ApiVersion: '2010-04-01',
    MessageSid: sid,
    SmsSid: sid,
    To: form.get('To') ?? '',
    ...(from === null ? {} : { From: from }),
    ...(service === null ? {} : { MessagingServiceSid: service }),
  };
}

/** "Validating Signatures from Twilio": the address, then every name and value in the order of the names. */
function signatureOf(authToken: string, url: string, fields: Record<string, string>): string {
  const pairs = Object.keys(fields)
    .sort()
    .map((name) => `${name}${fields[name]}`);
  return createHmac('sha1', authToken)
    .update(url + pairs.join(''))
    .digest('base64');
}
