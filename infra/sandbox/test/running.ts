import { createTransport } from 'nodemailer';
import { onTestFinished } from 'vitest';
import type { InboxMessage } from '#inbox/inbox.ts';
import { createSandbox } from '#sandbox.ts';
import { carriers } from './carriers.ts';

export interface Mail {
  to: string | string[];
  subject?: string;
  text?: string;
  html?: string;
  messageId?: string;
  headers?: Record<string, string>;
}

/** A sandbox on free ports that ends with the test. */
export async function runningSandbox({ slowMs = 50, webhookUrl = '' } = {}) {
  const accounts = { ...carriers, sendgrid: { ...carriers.sendgrid, webhookUrl } };
  const sandbox = createSandbox({
    host: '127.0.0.1',
    httpPort: 0,
    smtpPort: 0,
    slowMs,
    platform: undefined,
    carriers: accounts,
    lookups: { paystack: 'sk_test', flutterwave: 'FLWSECK_TEST' },
  });
  const addresses = await sandbox.start();
  onTestFinished(() => sandbox.stop());
  const at = (path: string) => new URL(path, addresses['inbox']).href;
  const smtp = new URL(addresses['smtp'] ?? '');
  return {
    at,
    async send(mail: Mail): Promise<void> {
      const transport = createTransport({
        host: smtp.hostname,
        port: Number(smtp.port),
        auth: { user: 'any', pass: 'one' },
      });
      await transport.sendMail({ from: 'no-reply@bank.example', subject: 'Hi', text: 'hello', ...mail });
    },
    async messages(query = ''): Promise<InboxMessage[]> {
      const answer = await fetch(at(`/api/messages${query}`));
      return ((await answer.json()) as { items: InboxMessage[] }).items;
    },
  };
}
