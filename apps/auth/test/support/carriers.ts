import { generateKeyPairSync, type KeyObject, randomBytes } from 'node:crypto';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { until } from '@bank/testing';

/** What Twilio or SendGrid was handed, as it came. */
export interface Carried {
  to: string;
  text: string;
  /** The id that the carrier gave it. */
  id: string;
  deliveryId: string;
  callbackUrl: string;
}

interface Verified {
  to: string;
  code: string;
  id: string;
}

type Behaviour = 'accept' | 'hang' | { status: number; code?: number };

/** Twilio's, Verify's and SendGrid's APIs on one port, with what they have taken. */
export interface Carriers {
  readonly env: Record<string, string>;
  readonly twilio: Carried[];
  /** Codes that Twilio Verify was told. */
  readonly verify: Verified[];
  readonly sendgrid: Carried[];
  /** SendGrid signs its events with this. */
  readonly sendgridKey: KeyObject;
  behave: { twilio: Behaviour; verify: Behaviour; sendgrid: Behaviour };
  /** The newest text message to a number, waited for. */
  newestSms(to: string): Promise<Carried>;
  close(): Promise<void>;
}

export const twilioAuthToken = 'd41d8cd98f00b204e9800998ecf8427e';

/** Starts all of them on a free port. */
export async function startCarriers(): Promise<Carriers> {
  const twilio: Carried[] = [];
  const verify: Verified[] = [];
  const sendgrid: Carried[] = [];
  const behave: Carriers['behave'] = { twilio: 'accept', verify: 'accept', sendgrid: 'accept' };
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const server = createServer(async (request, response) => {
    const body = await text(request);
    if (request.url === '/v3/mail/send') answerSendgrid(behave.sendgrid, sendgrid, body, response);
    else if (request.url?.startsWith('/v2/')) answerVerify(behave.verify, verify, body, response);
    else answerTwilio(behave.twilio, twilio, body, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    env: {
      TWILIO_BASE_URL: url,
      TWILIO_ACCOUNT_SID: `AC${'1'.repeat(32)}`,
      TWILIO_API_KEY_SID: `SK${'2'.repeat(32)}`,
      TWILIO_API_KEY_SECRET: 'e3b0c44298fc1c149afbf4c8996fb924',
      TWILIO_AUTH_TOKEN: twilioAuthToken,
      TWILIO_FROM: '+15005550006',
      TWILIO_VERIFY_BASE_URL: url,
      TWILIO_VERIFY_SERVICE_SID: `VA${'3'.repeat(32)}`,
      SENDGRID_BASE_URL: url,
      SENDGRID_API_KEY: 'SG.27ae41e4649b934ca495991b7852b855',
      SENDGRID_WEBHOOK_PUBLIC_KEY: publicKey.export({ type: 'spki', format: 'der' }).toString('base64'),
      MESSAGE_DEADLINE_MS: '2000',
    },
    twilio,
    verify,
    sendgrid,
    sendgridKey: privateKey,
    behave,
    newestSms: (to) => until(() => twilio.findLast((sms) => sms.to === to), { what: 'a text message' }),
    async close() {
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      });
    },
  };
}

/** Whether there is to be an answer of the carrier's own to what it takes; else it has been given, or never will be. */
function isToAccept(behaviour: Behaviour, response: ServerResponse): boolean {
  if (typeof behaviour === 'object') {
    response.writeHead(behaviour.status, { 'content-type': 'application/json' });
    response.end(JSON.stringify({ code: behaviour.code, message: 'as the test wants it', status: behaviour.status }));
  }
  return behaviour === 'accept';
}

function answerVerify(behaviour: Behaviour, taken: Verified[], body: string, response: ServerResponse): void {
  if (!isToAccept(behaviour, response)) return;
  const form = new URLSearchParams(body);
  const id = `VE${randomBytes(16).toString('hex')}`;
  taken.push({ to: form.get('To') ?? '', code: form.get('CustomCode') ?? '', id });
  response.writeHead(201, { 'content-type': 'application/json' });
  response.end(JSON.stringify({ sid: id, status: 'pending' }));
}

function answerTwilio(behaviour: Behaviour, taken: Carried[], body: string, response: ServerResponse): void {
  if (!isToAccept(behaviour, response)) return;
  const form = new URLSearchParams(body);
  const callbackUrl = form.get('StatusCallback') ?? '';
  const deliveryId = new URL(callbackUrl).searchParams.get('delivery') ?? '';
  const id = `SM${randomBytes(16).toString('hex')}`;
  taken.push({ to: form.get('To') ?? '', text: form.get('Body') ?? '', id, deliveryId, callbackUrl });
  response.writeHead(201, { 'content-type': 'application/json' });
  response.end(JSON.stringify({ sid: id, status: 'queued' }));
}

function answerSendgrid(behaviour: Behaviour, taken: Carried[], body: string, response: ServerResponse): void {
  if (behaviour === 'hang') return;
  if (behaviour !== 'accept') {
    response.writeHead(behaviour.status).end();
    return;
  }
  const mail = JSON.parse(body) as {
    personalizations: [{ to: [{ email: string }]; custom_args: { delivery_id: string } }];
    content: [{ value: string }];
  };
  const [{ to, custom_args: args }] = mail.personalizations;
  const id = randomBytes(11).toString('base64url');
  taken.push({ to: to[0].email, text: mail.content[0].value, id, deliveryId: args.delivery_id, callbackUrl: '' });
  response.writeHead(202, { 'x-message-id': id }).end();
}
