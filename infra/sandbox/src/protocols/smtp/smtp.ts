import { buffer } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';
import { SMTPServer, type SMTPServerDataStream, type SMTPServerSession } from 'smtp-server';
import type { Inbox } from '#inbox/inbox.ts';
import type { Protocol } from '#protocols/protocol.ts';
import { type Mail, parseMail } from '#protocols/smtp/mail.ts';
import { outcomeOf, outcomesByAddress } from '#protocols/smtp/outcomes.ts';

export interface SmtpOptions {
  inbox: Inbox;
  host: string;
  port: number;
  slowMs: number;
}

const messageBytesMax = 1024 * 1024;
const rememberedMax = 1000;

/**
 * A mail server (RFC 5321) that puts everything into the inbox, whoever sends it. It takes any user name and password and
 * offers no TLS: its certificate could not be verified by a sender that checks.
 */
export function createSmtpProtocol(options: SmtpOptions): Protocol {
  return new SmtpProtocol(options);
}

class SmtpProtocol implements Protocol {
  readonly name = 'smtp';
  readonly outcomes = outcomesByAddress;
  readonly #options: SmtpOptions;
  readonly #server: SMTPServer;
  readonly #stopping = new AbortController();
  /** Message-IDs that were refused once, and take the next attempt. */
  readonly #refusedOnce = new Set<string>();

  constructor(options: SmtpOptions) {
    this.#options = options;
    this.#server = new SMTPServer({
      banner: 'sandbox',
      size: messageBytesMax,
      authOptional: true,
      allowInsecureAuth: true,
      disabledCommands: ['STARTTLS'],
      disableReverseLookup: true,
      socketTimeout: 60_000,
      closeTimeout: 200,
      onAuth: (auth, _session, answer) => answer(null, { user: auth.username ?? 'anyone' }),
      onRcptTo: ({ address }, _session, answer) => {
        const outcome = outcomeOf(address);
        answer(outcome?.stage === 'recipient' ? refusal(outcome.status, outcome.text) : null);
      },
      onData: (stream, session, answer) => {
        this.#receive(stream, session).then(() => answer(), answer);
      },
    });
    // A sender may hang up; without a listener the error would end the process.
    this.#server.on('error', () => undefined);
  }

  start(): Promise<string> {
    const { host, port } = this.#options;
    return new Promise((resolve, reject) => {
      const listener = this.#server.listen(port, host);
      listener.once('error', reject);
      listener.once('listening', () => {
        const bound = listener.address();
        resolve(`smtp://${host}:${typeof bound === 'object' && bound !== null ? bound.port : port}`);
      });
    });
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }

  async #receive(stream: SMTPServerDataStream, session: SMTPServerSession): Promise<void> {
    const source = await buffer(stream);
    if (stream.sizeExceeded) throw refusal(552, '5.3.4 message too large');
    const mail = await parseMail(source);
    const recipients = session.envelope.rcptTo.map(({ address }) => address);
    const behaviours = new Set(recipients.map(behaviourOf));
    if (behaviours.has('flaky') && this.#isFirstAttempt(mail)) throw refusal(451, '4.7.1 come again');
    if (behaviours.has('slow')) await delay(this.#options.slowMs, undefined, { signal: this.#stopping.signal });
    const { messageId: _id, ...shown } = mail;
    for (const to of recipients) this.#options.inbox.add({ channel: 'email', to, ...shown }, source.toString('utf8'));
    if (behaviours.has('mute')) this.#hangUp(session.id);
  }

  #isFirstAttempt({ messageId }: Mail): boolean {
    if (this.#refusedOnce.delete(messageId)) return false;
    this.#refusedOnce.add(messageId);
    for (const oldest of this.#refusedOnce) {
      if (this.#refusedOnce.size <= rememberedMax) break;
      this.#refusedOnce.delete(oldest);
    }
    return true;
  }

  #hangUp(sessionId: string): void {
    for (const connection of this.#server.connections) if (connection.id === sessionId) connection.close();
  }
}

function behaviourOf(address: string): string | undefined {
  const outcome = outcomeOf(address);
  return outcome?.stage === 'message' ? outcome.behaviour : undefined;
}

function refusal(responseCode: number, text: string): Error {
  return Object.assign(new Error(text), { responseCode });
}
