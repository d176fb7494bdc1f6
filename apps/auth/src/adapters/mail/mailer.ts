import type { Secret } from '@bank/domain';
import { createSmtpProvider, type EmailMessage, type MessageProvider } from '@bank/notifications';

/** What carries email; tests may put another in its place. */
export type Mailer = MessageProvider<EmailMessage>;

/** Email over SMTP; in production never without TLS. */
export function createMailer(options: { url: Secret; from: string; requireTls: boolean }): Mailer {
  return createSmtpProvider(options);
}
