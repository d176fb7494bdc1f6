import { buffer } from 'node:stream/consumers';
import PostalMime, { type Email } from 'postal-mime';
import { SMTPServer, type SMTPServerOptions } from 'smtp-server';
import { onTestFinished } from 'vitest';

export interface Received {
  readonly mail: Email;
  readonly source: string;
  readonly envelope: readonly string[];
  readonly secure: boolean;
  readonly connection: string;
}

/** A mail server of the test's own. `port` is where it listens; it ends with the test. */
export async function mailServer(options: SMTPServerOptions = {}): Promise<{ port: number; received: Received[] }> {
  const received: Received[] = [];
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    disableReverseLookup: true,
    closeTimeout: 50,
    async onData(stream, session, answer) {
      const source = await buffer(stream);
      const envelope = session.envelope.rcptTo.map(({ address }) => address);
      const { secure, id: connection } = session;
      received.push({ mail: await PostalMime.parse(source), source: source.toString(), envelope, secure, connection });
      answer();
    },
    ...options,
  });
  server.on('error', () => undefined);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => new Promise<void>((resolve) => server.close(() => resolve())));
  const bound = server.server.address();
  return { port: typeof bound === 'object' && bound !== null ? bound.port : 0, received };
}

/** An error by which the server answers with that code. */
export function reply(responseCode: number): Error {
  return Object.assign(new Error('as the test wants it'), { responseCode });
}
