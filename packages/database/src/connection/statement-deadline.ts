import type pg from 'pg';

/**
 * How long a server may take over what is sent to it at once: 5 s in the queue of a pooler, 15 s by `statement_timeout`, and
 * 5 s for the way and what travels along. So a server that lives speaks first, and a handler of messages (30 s) is told what
 * failed. Statements sent together may take 15 s each, but nobody waits for their sum: a request is given up after 10 s.
 */
const STATEMENT_DEADLINE_MS = 25_000;

/** Says what the kernel says of a connection whose server is gone, only that it takes a quarter of an hour to. */
class NoAnswer extends Error {
  override readonly name = 'NoAnswer';
  readonly code = 'ETIMEDOUT';
}

/**
 * Breaks a connection whose server leaves what was sent to it without an answer. A host that vanishes says nothing to its
 * clients, and the limits of the server are gone with it: until the kernel gives up, the connection would look alive.
 */
export function breakWhenSilent(client: pg.Client, deadlineMs: number = STATEMENT_DEADLINE_MS): void {
  const { query, connection } = client;
  let deadline: NodeJS.Timeout | undefined;
  const giveUp = () => connection.stream.destroy(new NoAnswer(`the database did not answer within ${deadlineMs} ms`));
  const answered = () => clearTimeout(deadline);
  client.on('drain', answered); // the server has answered all that it was sent
  client.on('end', answered);
  client.query = ((...sent: unknown[]) => {
    clearTimeout(deadline);
    if (!connection.stream.destroyed) deadline = setTimeout(giveUp, deadlineMs);
    return Reflect.apply(query, client, sent);
  }) as pg.Client['query'];
}
