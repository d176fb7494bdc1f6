import type { AddressInfo } from 'node:net';
import { until } from '@bank/testing';
import PostalMime from 'postal-mime';
import { SMTPServer } from 'smtp-server';

/** A message that arrived by SMTP. */
export interface ReceivedMail {
  to: string;
  subject: string;
  text: string;
}

/** An SMTP server that keeps what it is sent. */
export interface Mailbox {
  readonly url: string;
  /** The newest message to an address whose subject matches, waited for. */
  newest(to: string, subject: RegExp): Promise<ReceivedMail>;
  received(to: string): Promise<readonly ReceivedMail[]>;
  /** Answers every message with this reply code from now on; 0 takes messages again. */
  refuseWith(code: number): void;
  close(): Promise<void>;
}

/** Starts a mailbox on a free port. */
export async function startMailbox(): Promise<Mailbox> {
  const mails: { readonly to: string; readonly content: Buffer }[] = [];
  let refusal = 0;
  const server = new SMTPServer({
    authOptional: true,
    closeTimeout: 100,
    disabledCommands: ['STARTTLS'],
    onData(stream, session, done) {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        if (refusal !== 0) return done(Object.assign(new Error('refused'), { responseCode: refusal }));
        for (const { address } of session.envelope.rcptTo) mails.push({ to: address, content: Buffer.concat(chunks) });
        done();
      });
    },
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const received = (to: string) => Promise.all(mails.filter((mail) => mail.to === to).map(read));
  return {
    url: `smtp://127.0.0.1:${(server.server.address() as AddressInfo).port}`,
    newest: (to, subject) =>
      until(async () => (await received(to)).findLast((mail) => subject.test(mail.subject)), {
        what: `a mail like ${subject}`,
      }),
    received,
    refuseWith(code) {
      refusal = code;
    },
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

/** Most are read by nobody. */
async function read({ to, content }: { readonly to: string; readonly content: Buffer }): Promise<ReceivedMail> {
  const { subject = '', text = '' } = await PostalMime.parse(content);
  return { to, subject, text };
}
