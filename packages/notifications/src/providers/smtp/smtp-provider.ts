import { type Secret, withDeadline } from '@bank/domain';
import { createTransport } from 'nodemailer';
import { DeliveryError, type EmailMessage, type MessageProvider } from '#providers/message-provider.ts';
import { isMailbox, parseSender, type Sender } from '#providers/sender.ts';
import { classifySmtpError } from '#providers/smtp/smtp-errors.ts';
import { headerText } from '#templates/escape.ts';

export interface SmtpOptions {
  /** `smtp://user:password@host:587`, or `smtps://` for TLS from the first byte. */
  url: Secret;
  /** `Name <address>` or an address. */
  from: string;
  /** Refuse to send without TLS; production sets it. STARTTLS is used whenever it is offered. */
  requireTls?: boolean;
  /** PEM certificates to trust instead of the system's. */
  ca?: string;
  connectionsMax?: number;
  /** For connecting, for the greeting and for each silence of the server. */
  timeoutMs?: number;
  /** For one message altogether, waiting for a free connection included. */
  deadlineMs?: number;
}

type Transport = ReturnType<typeof openTransport>;

const tooSlow = () => new DeliveryError('transient', 'EDEADLINE', { carrierAway: true });

/** Sends email over SMTP with a pool of connections. @throws Error when `url` or `from` cannot be understood */
export function createSmtpProvider(options: SmtpOptions): MessageProvider<EmailMessage> {
  const sender = parseSender(options.from);
  const transport = openTransport(options);
  const deadlineMs = options.deadlineMs ?? 30_000;
  return {
    name: 'smtp',
    async send(message) {
      if (!isMailbox(message.to)) throw new DeliveryError('permanent', 'EADDRESS', { recipientRefused: true });
      const messageId = `<${headerText(message.deliveryId)}@${sender.domain}>`;
      await withDeadline(deliver(transport, sender, message, messageId), deadlineMs, tooSlow);
      return { providerMessageId: messageId };
    },
    async close() {
      transport.close();
    },
  };
}

function openTransport(options: SmtpOptions) {
  const url = new URL(options.url.reveal());
  if (url.protocol !== 'smtp:' && url.protocol !== 'smtps:')
    throw new Error('the mail server must be smtp:// or smtps://');
  const timeoutMs = options.timeoutMs ?? 10_000;
  const secure = url.protocol === 'smtps:';
  const user = decodeURIComponent(url.username);
  return createTransport({
    pool: true,
    host: url.hostname.replace(/^\[|\]$/g, ''),
    port: url.port === '' ? (secure ? 465 : 587) : Number(url.port),
    secure,
    requireTLS: options.requireTls ?? false,
    tls: { minVersion: 'TLSv1.2', ...(options.ca === undefined ? {} : { ca: options.ca }) },
    ...(user === '' ? {} : { auth: { user, pass: decodeURIComponent(url.password) } }),
    maxConnections: options.connectionsMax ?? 4,
    connectionTimeout: timeoutMs,
    greetingTimeout: timeoutMs,
    socketTimeout: timeoutMs,
    dnsTimeout: timeoutMs,
    disableFileAccess: true,
    disableUrlAccess: true,
  });
}

async function deliver(transport: Transport, sender: Sender, message: EmailMessage, messageId: string): Promise<void> {
  try {
    await transport.sendMail({
      messageId,
      from: { name: sender.name, address: sender.address },
      to: { name: '', address: message.to },
      envelope: { from: sender.address, to: [message.to] },
      subject: headerText(message.subject),
      text: message.text,
      html: message.html,
      headers: {
        'X-Template': headerText(message.template),
        // No vacation answers to a machine (RFC 3834 §5).
        'Auto-Submitted': 'auto-generated',
      },
    });
  } catch (error) {
    throw classifySmtpError(error);
  }
}
